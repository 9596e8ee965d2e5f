"""What the inputs of all mutations have in common."""

import strawberry


@strawberry.input(description="A write that may be named.")
class Once:
    """What every mutation takes; no input of its own."""

    idempotency_key: str | None = strawberry.field(
        description="A text of the caller's own that names this write, such as a UUID. Within 24 "
        "hours the same key with the same input is carried out once, and answered with what the "
        "first one wrote; with another input it is refused. Null is as absent.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="A write of an object that is there.")
class Change:
    """What updates, deletions and moves take; no input of its own."""

    id: strawberry.ID = strawberry.field(description="Global id of the object.")
    if_version: str | None = strawberry.field(
        description="The `version` that was read before. If the object has another one by now, "
        "nothing is written and the error tells the object as it is. Null is as absent.",
        default=strawberry.UNSET,
    )
    idempotency_key: str | None = strawberry.field(
        description="A text of the caller's own that names this write, such as a UUID. Within 24 "
        "hours the same key with the same input is carried out once, and answered with what the "
        "first one wrote; with another input it is refused. Null is as absent.",
        default=strawberry.UNSET,
    )
