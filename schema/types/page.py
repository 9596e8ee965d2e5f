"""Pages of lists over several sources: Relay's connections, with a report per source."""

from typing import Protocol

import strawberry

from schema.types.sources import SourceReport
from schema.types.stage import Stage


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool = strawberry.field(description="Whether rows follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether rows come before this page.")
    start_cursor: str | None = strawberry.field(
        description="Cursor of the first row, to page backward with `before`.", default=None
    )
    end_cursor: str | None = strawberry.field(
        description="Cursor to go on from with `after`. Given even where a source's failure "
        "left the page empty.",
        default=None,
    )


class StagePage(Protocol):
    """A page as the gateway merged it; cursors are made only when selected."""

    @property
    def rows(self) -> list[Stage]:
        """The rows of the page, in order."""
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


@strawberry.type(description="A stage in a page, with its cursor.")
class StageEdge:
    """Relay's edge."""

    page: strawberry.Private[StagePage]
    index: strawberry.Private[int]

    @strawberry.field(description="Opaque place of this row, for `after` and `before`.")
    def cursor(self) -> str:
        """Sign the cursor only when asked."""
        return self.page.cursor(self.index)

    @strawberry.field(description="The stage.")
    def node(self) -> Stage:
        """Return the row."""
        return self.page.rows[self.index]


@strawberry.type(description="A page of stages, merged from every source that was asked.")
class StageConnection:
    """Relay's connection."""

    page: strawberry.Private[StagePage]

    @strawberry.field(description="The rows with their cursors.")
    def edges(self) -> list[StageEdge]:
        """Wrap each row."""
        return [StageEdge(page=self.page, index=i) for i in range(len(self.page.rows))]

    @strawberry.field(description="The rows alone.")
    def nodes(self) -> list[Stage]:
        """Return the rows."""
        return self.page.rows

    @strawberry.field(description="Where this page stands in the list.")
    def page_info(self) -> PageInfo:
        """Return the page's place."""
        return self.page.info()

    @strawberry.field(
        description="Rows of the whole list under this filter. May cost further upstream calls; "
        "null when a source failed."
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
