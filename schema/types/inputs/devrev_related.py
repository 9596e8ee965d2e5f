"""Inputs that stand in those of DevRev's works."""

import strawberry


@strawberry.input(description="A tag on a work.")
class WorkTagInput:
    """DevRev's tag with a value."""

    tag_id: strawberry.ID = strawberry.field(
        description="The tag: global id, or DevRev's own. `references` lists them as TAG."
    )
    value: str | None = strawberry.field(
        description="The tag's value on this work, one of those that the tag allows. Absent or "
        "null: none.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="An amount of money.")
class MoneyInput:
    """The amount is a text, so that no digit is lost."""

    amount: str = strawberry.field(description='The amount as a decimal text, such as "125000.50".')
    currency: str = strawberry.field(description="ISO 4217 code of the currency, such as USD.")
