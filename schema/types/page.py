"""Pages of lists over several sources: Relay's connections, with a report per source."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar, cast

import strawberry

from schema.costs import COST, IN_PAGE, each_count
from schema.types.sources import SourceReport
from schema.types.stage import Stage

if TYPE_CHECKING:
    from schema.types.process import Pipeline, Workflow
    from schema.types.reference import Reference
    from schema.types.work import Work


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool = strawberry.field(
        description="Whether rows follow this page, or may come late from a source that failed."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether rows come before this page; paging backward, as for `hasNextPage`."
    )
    start_cursor: str | None = strawberry.field(
        description="Cursor of the first row, to page backward with `before`.", default=None
    )
    end_cursor: str | None = strawberry.field(
        description="Cursor to go on from with `after`. Given even where a source's failure "
        "left the page empty.",
        default=None,
    )


T = TypeVar("T")


class Rows(list[T]):
    """Rows of a page, which stay the same; see `pieces` of `Resource`."""

    pieces: tuple[object, Any] | None = None


class Page(Protocol[T]):
    """A page as the gateway merged it; cursors are made only when selected."""

    @property
    def rows(self) -> list[T]:
        """The rows of the page, in order; `Rows` where they are given again."""
        ...

    @property
    def total(self) -> int | None:
        """Rows of the whole list, if it was asked for and every source answered."""
        ...

    @property
    def reports(self) -> list[SourceReport]:
        """One report per source that was asked."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether no row is missing."""
        ...

    def cursor(self, index: int) -> str:
        """Return the cursor of a row."""
        ...

    def info(self) -> PageInfo:
        """Return the page's place in its list."""
        ...


@strawberry.type
class Edge:
    """Relay's edge, less its node."""

    page: strawberry.Private[Page[Any]]
    index: strawberry.Private[int]

    @strawberry.field(description="Opaque place of this row, for `after` and `before`.")
    def cursor(self) -> str:
        """Sign the cursor only when asked."""
        return self.page.cursor(self.index)


@strawberry.type
class Connection:
    """Relay's connection, less its rows, and how each source did."""

    page: strawberry.Private[Page[Any]]

    @strawberry.field(description="Where this page stands in the list.")
    def page_info(self) -> PageInfo:
        """Return the page's place."""
        return self.page.info()

    @strawberry.field(
        description="Rows of the whole list under this filter. May cost further upstream calls; "
        "null when a source failed.",
        metadata={COST: each_count},
    )
    def total_count(self) -> int | None:
        """Was counted with the page, as it was selected."""
        return self.page.total

    @strawberry.field(description="How each source that was asked did.")
    def sources(self) -> list[SourceReport]:
        """Return the reports."""
        return self.page.reports

    @strawberry.field(description="Whether no row is missing because of a source in trouble.")
    def is_complete(self) -> bool:
        """Look at the reports."""
        return self.page.is_complete


@strawberry.type(description="A stage in a page, with its cursor.")
class StageEdge(Edge):
    """A stage and its place."""

    @strawberry.field(description="The stage.")
    def node(self) -> Stage:
        """Return the row."""
        return self.page.rows[self.index]


@strawberry.type(description="A page of stages, merged from every source that was asked.")
class StageConnection(Connection):
    """Stages."""

    @strawberry.field(description="The rows with their cursors.", metadata=IN_PAGE)
    def edges(self) -> list[StageEdge]:
        """Wrap each row."""
        return [StageEdge(page=self.page, index=at) for at in range(len(self.page.rows))]

    @strawberry.field(description="The rows alone.", metadata=IN_PAGE)
    def nodes(self) -> list[Stage]:
        """Return the rows."""
        return self.page.rows


@strawberry.type(description="A pipeline in a page, with its cursor.")
class PipelineEdge(Edge):
    """A pipeline and its place."""

    @strawberry.field(description="The pipeline.")
    def node(self) -> Annotated["Pipeline", strawberry.lazy("schema.types.process")]:
        """Return the row."""
        return self.page.rows[self.index]


@strawberry.type(description="A page of pipelines, merged from every source that was asked.")
class PipelineConnection(Connection):
    """Pipelines."""

    @strawberry.field(description="The rows with their cursors.", metadata=IN_PAGE)
    def edges(self) -> list[PipelineEdge]:
        """Wrap each row."""
        return [PipelineEdge(page=self.page, index=at) for at in range(len(self.page.rows))]

    @strawberry.field(description="The rows alone.", metadata=IN_PAGE)
    def nodes(self) -> list[Annotated["Pipeline", strawberry.lazy("schema.types.process")]]:
        """Return the rows."""
        return self.page.rows


@strawberry.type(description="A workflow in a page, with its cursor.")
class WorkflowEdge(Edge):
    """A workflow and its place."""

    @strawberry.field(description="The workflow.")
    def node(self) -> Annotated["Workflow", strawberry.lazy("schema.types.process")]:
        """Return the row."""
        return self.page.rows[self.index]


@strawberry.type(description="A page of workflows, merged from every source that was asked.")
class WorkflowConnection(Connection):
    """Workflows."""

    @strawberry.field(description="The rows with their cursors.", metadata=IN_PAGE)
    def edges(self) -> list[WorkflowEdge]:
        """Wrap each row."""
        return [WorkflowEdge(page=self.page, index=at) for at in range(len(self.page.rows))]

    @strawberry.field(description="The rows alone.", metadata=IN_PAGE)
    def nodes(self) -> list[Annotated["Workflow", strawberry.lazy("schema.types.process")]]:
        """Return the rows."""
        return self.page.rows


@strawberry.type(description="A work in a page, with its cursor.")
class WorkEdge(Edge):
    """A work and its place."""

    @strawberry.field(description="The work.")
    def node(self) -> Annotated["Work", strawberry.lazy("schema.types.work")]:
        """Return the row."""
        return self.page.rows[self.index]


@strawberry.type(description="A page of works, merged from every source that was asked.")
class WorkConnection(Connection):
    """Works."""

    @strawberry.field(description="The rows with their cursors.", metadata=IN_PAGE)
    def edges(self) -> list[WorkEdge]:
        """Wrap each row."""
        return [WorkEdge(page=self.page, index=at) for at in range(len(self.page.rows))]

    @strawberry.field(description="The rows alone.", metadata=IN_PAGE)
    def nodes(self) -> list[Annotated["Work", strawberry.lazy("schema.types.work")]]:
        """Return the rows."""
        return self.page.rows


@strawberry.type(description="A reference in a page, with its cursor.")
class ReferenceEdge(Edge):
    """A reference and its place."""

    @strawberry.field(description="The reference.")
    def node(self) -> Annotated["Reference", strawberry.lazy("schema.types.reference")]:
        """Return the row."""
        return self.page.rows[self.index]


@strawberry.type(description="A page of references of one source.")
class ReferenceConnection(Connection):
    """References."""

    @strawberry.field(description="The rows with their cursors.", metadata=IN_PAGE)
    def edges(self) -> list[ReferenceEdge]:
        """Wrap each row."""
        return [ReferenceEdge(page=self.page, index=at) for at in range(len(self.page.rows))]

    @strawberry.field(description="The rows alone.", metadata=IN_PAGE)
    def nodes(self) -> list[Annotated["Reference", strawberry.lazy("schema.types.reference")]]:
        """Return the rows."""
        return self.page.rows


C = TypeVar("C", bound=Connection)


def connected(kind: type[C], page: Page[Any] | Awaitable[Page[Any]]) -> C:
    """Return the connection of a page, at once where the page is there already.

    Where it is not, what is returned is awaited by whoever runs the query, as any resolver's.
    """
    if isinstance(page, Awaitable):
        return cast("C", _connected_later(kind, page))
    return kind(page=page)


async def _connected_later(kind: type[C], page: Awaitable[Page[Any]]) -> C:
    return kind(page=await page)
