"""What a list of pipelines or workflows is asked for."""

from collections.abc import Iterator
from typing import Self

from gateway.adapter import ProcessAsk
from gateway.merge.criteria.plain import (
    Condition,
    Criteria,
    among,
    canonical,
    given,
    plain,
    sharing,
)
from schema.types.process import (
    PipelineFilter,
    PipelineOrder,
    ProcessOrderField,
    WorkflowFilter,
    WorkflowOrder,
)
from schema.types.source import Source


class ProcessCriteria(Criteria, frozen=True, kw_only=True):
    """Of pipelines or workflows.

    Attributes:
        is_default: whether a default workflow; None is any.
        leaf_types: types of works, any of them. content_types: types of content. None is any.
    """

    is_default: bool | None = None
    leaf_types: tuple[str, ...] | None = None
    content_types: tuple[str, ...] | None = None

    @classmethod
    def of_pipelines(cls, chosen: PipelineFilter | None, order: PipelineOrder | None) -> Self:
        """Read the arguments of a list of pipelines."""
        chosen = chosen or PipelineFilter()
        return cls(**plain(chosen, order or PipelineOrder(), chosen.name))

    @classmethod
    def of_workflows(cls, chosen: WorkflowFilter | None, order: WorkflowOrder | None) -> Self:
        """Read the arguments of a list of workflows."""
        chosen = chosen or WorkflowFilter()
        return cls(
            **plain(chosen, order or WorkflowOrder(), chosen.name),
            is_default=given(chosen.is_default),
            leaf_types=canonical(chosen.leaf_types, str),
            content_types=canonical(chosen.content_types, str),
        )

    def excludes(self, source: Source) -> bool:
        """An empty list of types matches nothing."""
        return () in {self.leaf_types, self.content_types} or super().excludes(source)

    def ask(self, source: Source, *, backward: bool, rows: int | None) -> ProcessAsk:
        """Return what a source is asked for."""
        del source, rows
        return ProcessAsk(
            names=self.names,
            created=self.created,
            updated=self.updated,
            is_default=self.is_default,
            leaf_types=self.leaf_types,
            content_types=self.content_types,
            order=ProcessOrderField(self.order),
            descending=self.descending != backward,
        )

    def conditions(self) -> Iterator[Condition]:
        """Sources without such types have no row of them."""
        yield from super().conditions()
        if self.is_default is not None:
            yield lambda row: getattr(row, "is_default", None) is self.is_default
        yield from among(self.leaf_types, lambda row: getattr(row, "leaf_type", None))
        yield from sharing(
            self.content_types, lambda row: getattr(row, "content_types", None) or ()
        )
