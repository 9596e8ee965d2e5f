"""Inputs of Outreach's stages."""

import strawberry


@strawberry.input(description="A new Outreach stage, which prospects can be at.")
class CreateOutreachStage:
    """`POST /stages` of Outreach's API."""

    name: str = strawberry.field(description="The stage's name; not empty, 255 characters at most.")
    position: int | None = strawberry.field(
        description="Outreach's order: the number that stages are ordered by, the smallest "
        "first. Null is as absent.",
        default=strawberry.UNSET,
    )
    color: str | None = strawberry.field(
        description='Colour as a hexadecimal code, such as "#5951ff"; 255 characters at most. '
        "Null is as absent.",
        default=strawberry.UNSET,
    )
