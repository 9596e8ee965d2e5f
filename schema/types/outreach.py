"""Outreach's own types."""

from collections.abc import Sequence
from typing import Annotated

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.costs import of_prospects
from schema.relations import Each, of_each, relation
from schema.types.resource import Node, Resource
from schema.types.scalars import JSON
from schema.types.stage import Stage


@strawberry.type(description="An Outreach stage: how far a prospect has come.")
class OutreachStage(Stage, Resource, Node):
    """`/stages` of Outreach's API."""

    can_write: bool | None = strawberry.field(
        description="Whether the credential may change this stage.", default=None
    )
    can_delete: bool | None = strawberry.field(
        description="Whether the credential may delete this stage.", default=None
    )
    data_connections: JSON | None = strawberry.field(
        description="The stage's connections to other systems, as Outreach tells them.",
        default=None,
    )

    @relation(
        description="Global ids of the prospects at this stage, smallest id first.",
        cost=of_prospects,
    )
    @staticmethod
    def prospect_ids(
        info: Info[Context, None],
        stages: Sequence["OutreachStage"],
        first: Annotated[
            int | None, strawberry.argument(description="How many ids at most, 1 to 200.")
        ] = 50,
    ) -> Each[list[strawberry.ID] | None]:
        """Ask for the prospects of all stages of a query together."""
        found = info.context.prospects(stages, 50 if first is None else first)
        return of_each(found, lambda ids: [strawberry.ID(str(one)) for one in ids])
