"""The root fields that read."""

from typing import Annotated, TypeVar, cast

import strawberry
from strawberry.types import Info
from strawberry.types.nodes import SelectedField, Selection

from schema.context import Context, Window
from schema.types.page import StageConnection
from schema.types.resource import Node
from schema.types.sources import SourceInfo
from schema.types.stage import ResourceBy, Stage, StageFilter, StageOrder

T = TypeVar("T")

First = Annotated[
    int | None,
    strawberry.argument(description="How many rows from the start, 1 to 200; 50 if left out."),
]
After = Annotated[str | None, strawberry.argument(description="Cursor of the row to go on after.")]
Last = Annotated[
    int | None, strawberry.argument(description="How many rows from the end, 1 to 200.")
]
Before = Annotated[str | None, strawberry.argument(description="Cursor of the row to stop before.")]


def _given(value: T | None) -> T | None:
    """Return an argument, None where it is absent."""
    return None if value is strawberry.UNSET else value


def _is_left_out(selection: Selection) -> bool:
    directives = selection.directives
    return bool(directives.get("skip", {}).get("if")) or not directives.get("include", {}).get(
        "if", True
    )


def _selects(selections: list[Selection], name: str) -> bool:
    """Tell whether a field is selected, through fragments too."""
    for selection in selections:
        if _is_left_out(selection):
            continue
        if isinstance(selection, SelectedField):
            if selection.name == name:
                return True
        elif _selects(selection.selections, name):
            return True
    return False


@strawberry.type(description="Everything that can be read.")
class Query:
    """Resolvers only pass on; the context does the work."""

    @strawberry.field(description="One object by global id; null where there is none.")
    async def node(
        self,
        info: Info[Context, None],
        id: Annotated[strawberry.ID, strawberry.argument(description="The object's global id.")],  # noqa: A002
    ) -> Node | None:
        """Fetch together with whatever else the query asks for by id."""
        [found] = await info.context.nodes([id])
        if isinstance(found, Exception):
            raise found
        return found

    @strawberry.field(
        description="Objects by global id, in the order asked; null where there is none."
    )
    async def nodes(
        self,
        info: Info[Context, None],
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Global ids, 200 at most.")
        ],
    ) -> list[Node | None] | None:
        """An object that fails is null with an error of its own."""
        # graphql-core takes a failure in a list as the error of its place.
        return cast("list[Node | None]", await info.context.nodes(ids))

    @strawberry.field(description="One stage; null where there is none.")
    async def stage(
        self,
        info: Info[Context, None],
        by: Annotated[ResourceBy, strawberry.argument(description="Which stage.")],
    ) -> Stage | None:
        """Find by global id or by the source's own id."""
        return await info.context.stage(by)

    @strawberry.field(
        description="The stages of all sources as one list, by name unless told otherwise."
    )
    async def stages(
        self,
        info: Info[Context, None],
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[  # noqa: A002
            StageFilter | None, strawberry.argument(description="Which stages the list has.")
        ] = strawberry.UNSET,
        order_by: Annotated[
            StageOrder | None, strawberry.argument(description="The order of the list.")
        ] = strawberry.UNSET,
    ) -> StageConnection | None:
        """Merge one page out of every source."""
        window = Window(_given(first), _given(after), _given(last), _given(before))
        counted = any(_selects(field.selections, "totalCount") for field in info.selected_fields)
        page = await info.context.stages(
            window,
            _given(filter),
            _given(order_by),
            count=counted,
        )
        return StageConnection(page=page)

    @strawberry.field(description="Every source: whether it is connected and what it can do.")
    def sources(self, info: Info[Context, None]) -> list[SourceInfo] | None:
        """Tell without asking anybody."""
        return info.context.sources()
