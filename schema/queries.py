"""The root fields that read."""

from typing import Annotated, TypeVar, cast

import strawberry
from strawberry.types import Info

from schema.context import Context, Window
from schema.costs import (
    COST,
    UNKNOWN,
    by_id_or_key,
    each_whole,
    of_id,
    of_ids,
    of_sources,
    of_works,
)
from schema.relations import only
from schema.selection import selects
from schema.types.arguments import ResourceBy
from schema.types.page import (
    PipelineConnection,
    ReferenceConnection,
    StageConnection,
    WorkConnection,
    WorkflowConnection,
    connected,
)
from schema.types.process import (
    Pipeline,
    PipelineFilter,
    PipelineOrder,
    Workflow,
    WorkflowFilter,
    WorkflowOrder,
)
from schema.types.reference import ReferenceKind
from schema.types.resource import Node
from schema.types.source import Source
from schema.types.sources import SourceInfo
from schema.types.stage import Stage, StageFilter, StageOrder
from schema.types.work import Work, WorkFilter, WorkOrder

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


_STAGES = of_sources(
    {
        Source.DEVREV: 2,
        Source.OUTREACH: 2,
        Source.ESPER: 2 + UNKNOWN,  # the pipelines, then the stages of each
        Source.STORYBLOK: 1 + UNKNOWN,  # the spaces, then the stages of each
    }
)
_PIPELINES = of_sources({Source.ESPER: 2})
_WORKFLOWS = of_sources({Source.DEVREV: 3, Source.STORYBLOK: 1 + UNKNOWN})


def _given(value: T | None) -> T | None:
    """Return an argument, None where it is absent."""
    return None if value is strawberry.UNSET else value


@strawberry.type(description="Everything that can be read.")
class Query:
    """Resolvers only pass on; the context does the work.

    What must be waited for is passed on as it is: whoever runs the query awaits it, and what is
    there at once costs no turn of the event loop.
    """

    @strawberry.field(
        description="One object by global id; null where there is none.", metadata={COST: of_id}
    )
    def node(
        self,
        info: Info[Context, None],
        id: Annotated[strawberry.ID, strawberry.argument(description="The object's global id.")],  # noqa: A002
    ) -> Node | None:
        """Fetch together with whatever else the query asks for by id."""
        return cast("Node | None", only(info.context.nodes([id])))

    @strawberry.field(
        description="Objects by global id, in the order asked; null where there is none.",
        metadata={COST: of_ids},
    )
    def nodes(
        self,
        info: Info[Context, None],
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Global ids, 200 at most.")
        ],
    ) -> list[Node | None] | None:
        """An object that fails is null with an error of its own."""
        # graphql-core takes a failure in a list as the error of its place.
        return cast("list[Node | None]", info.context.nodes(ids))

    @strawberry.field(
        description="One stage; null where there is none.", metadata={COST: by_id_or_key}
    )
    def stage(
        self,
        info: Info[Context, None],
        by: Annotated[ResourceBy, strawberry.argument(description="Which stage.")],
    ) -> Stage | None:
        """Find by global id or by the source's own id."""
        return cast("Stage | None", info.context.stage(by))

    @strawberry.field(
        description="The stages of all sources as one list, by name unless told otherwise.",
        metadata={COST: _STAGES},
    )
    def stages(
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
        page = info.context.stages(
            window,
            _given(filter),
            _given(order_by),
            count=selects(info, "totalCount"),
        )
        return connected(StageConnection, page)

    @strawberry.field(
        description="One work; null where there is none.", metadata={COST: by_id_or_key}
    )
    def work(
        self,
        info: Info[Context, None],
        by: Annotated[ResourceBy, strawberry.argument(description="Which work.")],
    ) -> Work | None:
        """Find by global id or by the source's own id."""
        return cast("Work | None", info.context.work(by))

    @strawberry.field(
        description="The works of all sources as one list, latest change first unless told "
        "otherwise.",
        metadata={COST: of_works},
    )
    def works(
        self,
        info: Info[Context, None],
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[  # noqa: A002
            WorkFilter | None, strawberry.argument(description="Which works the list has.")
        ] = strawberry.UNSET,
        order_by: Annotated[
            WorkOrder | None, strawberry.argument(description="The order of the list.")
        ] = strawberry.UNSET,
    ) -> WorkConnection | None:
        """Merge one page out of every source."""
        window = Window(_given(first), _given(after), _given(last), _given(before))
        page = info.context.works(
            window, _given(filter), _given(order_by), count=selects(info, "totalCount")
        )
        return connected(WorkConnection, page)

    @strawberry.field(
        description="One pipeline; null where there is none.", metadata={COST: by_id_or_key}
    )
    def pipeline(
        self,
        info: Info[Context, None],
        by: Annotated[ResourceBy, strawberry.argument(description="Which pipeline.")],
    ) -> Pipeline | None:
        """Find by global id or by the source's own id."""
        return cast("Pipeline | None", info.context.pipeline(by))

    @strawberry.field(
        description="The pipelines of all sources as one list, by name unless told otherwise.",
        metadata={COST: _PIPELINES},
    )
    def pipelines(
        self,
        info: Info[Context, None],
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[  # noqa: A002
            PipelineFilter | None, strawberry.argument(description="Which pipelines the list has.")
        ] = strawberry.UNSET,
        order_by: Annotated[
            PipelineOrder | None, strawberry.argument(description="The order of the list.")
        ] = strawberry.UNSET,
    ) -> PipelineConnection | None:
        """Merge one page out of every source."""
        window = Window(_given(first), _given(after), _given(last), _given(before))
        page = info.context.pipelines(
            window, _given(filter), _given(order_by), count=selects(info, "totalCount")
        )
        return connected(PipelineConnection, page)

    @strawberry.field(
        description="One workflow; null where there is none.", metadata={COST: by_id_or_key}
    )
    def workflow(
        self,
        info: Info[Context, None],
        by: Annotated[ResourceBy, strawberry.argument(description="Which workflow.")],
    ) -> Workflow | None:
        """Find by global id or by the source's own id."""
        return cast("Workflow | None", info.context.workflow(by))

    @strawberry.field(
        description="The workflows of all sources as one list, by name unless told otherwise.",
        metadata={COST: _WORKFLOWS},
    )
    def workflows(
        self,
        info: Info[Context, None],
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[  # noqa: A002
            WorkflowFilter | None, strawberry.argument(description="Which workflows the list has.")
        ] = strawberry.UNSET,
        order_by: Annotated[
            WorkflowOrder | None, strawberry.argument(description="The order of the list.")
        ] = strawberry.UNSET,
    ) -> WorkflowConnection | None:
        """Merge one page out of every source."""
        window = Window(_given(first), _given(after), _given(last), _given(before))
        page = info.context.workflows(
            window, _given(filter), _given(order_by), count=selects(info, "totalCount")
        )
        return connected(WorkflowConnection, page)

    @strawberry.field(
        description="What inputs name by id: states, people, parts, tags, sprints, accounts, "
        "spaces, roles, target lists; by name.",
        metadata={COST: each_whole},
    )
    async def references(
        self,
        info: Info[Context, None],
        source: Annotated[Source, strawberry.argument(description="Of which source.")],
        kind: Annotated[ReferenceKind, strawberry.argument(description="Of which kind.")],
        scope_source_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="The source's own id of what they are of: a pipeline of target lists "
                "(required there), a space of roles and people, a vista of sprints."
            ),
        ] = strawberry.UNSET,
        search: Annotated[
            str | None,
            strawberry.argument(
                description="Only those whose name or display id has this text in it, upper and "
                "lower case alike."
            ),
        ] = strawberry.UNSET,
        first: Annotated[
            int | None, strawberry.argument(description="How many rows, 1 to 200.")
        ] = 50,
        after: After = strawberry.UNSET,
    ) -> ReferenceConnection | None:
        """Read one kind of one source."""
        page = await info.context.references(
            source,
            kind,
            _given(scope_source_id),
            _given(search),
            Window(first, _given(after), None, None),
            count=selects(info, "totalCount"),
        )
        return ReferenceConnection(page=page)

    @strawberry.field(description="Every source: whether it is connected and what it can do.")
    def sources(self, info: Info[Context, None]) -> list[SourceInfo] | None:
        """Tell without asking anybody."""
        return info.context.sources()
