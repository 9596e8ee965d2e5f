"""What a list of works is asked for."""

from collections.abc import Iterator
from typing import Any, Self

from gateway.adapter import Span, WorkAsk
from gateway.merge.criteria.plain import (
    Condition,
    Criteria,
    among,
    canonical,
    is_empty,
    of_source,
    plain,
    read_ids,
    sharing,
    span,
    texts_of_ids,
    within,
)
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.work import (
    TicketSeverity,
    WorkFilter,
    WorkOrder,
    WorkOrderField,
    WorkPriority,
    WorkType,
)


class WorkCriteria(Criteria, frozen=True, kw_only=True):
    """Of works; None is any, and ids are those that clients write."""

    called = "title"

    types: tuple[WorkType, ...] | None
    stages: tuple[str, ...] | None
    owners: tuple[str, ...] | None
    parts: tuple[str, ...] | None
    tags: tuple[str, ...] | None
    priorities: tuple[WorkPriority, ...] | None
    severities: tuple[TicketSeverity, ...] | None
    target_close: Span

    @classmethod
    def of(cls, chosen: WorkFilter | None, order: WorkOrder | None) -> Self:
        """Read the arguments of a list; raises Rejected for too many ids."""
        chosen = chosen or WorkFilter()
        return cls(
            **plain(chosen, order or WorkOrder(), chosen.title),
            types=canonical(chosen.types, lambda one: one.value),
            stages=texts_of_ids(chosen.stage_ids, "stageIds"),
            owners=texts_of_ids(chosen.owner_ids, "ownerIds"),
            parts=texts_of_ids(chosen.part_ids, "partIds"),
            tags=texts_of_ids(chosen.tag_ids, "tagIds"),
            priorities=canonical(chosen.priorities, lambda one: one.value),
            severities=canonical(chosen.severities, lambda one: one.value),
            target_close=span(chosen.target_close_at),
        )

    def ids(self) -> dict[str, list[GlobalId] | None]:
        """Return the ids of stages, owners, parts and tags."""
        return {
            "stageIds": read_ids(self.stages, "stageIds", (Kind.STAGE,)),
            "ownerIds": read_ids(self.owners, "ownerIds", (Kind.PERSON,)),
            "partIds": read_ids(self.parts, "partIds", (Kind.PART,)),
            "tagIds": read_ids(self.tags, "tagIds", (Kind.TAG,)),
        }

    def excludes(self, source: Source) -> bool:
        """An empty list matches nothing."""
        return (
            () in {self.types, self.priorities, self.severities}
            or is_empty(self.target_close)
            or super().excludes(source)
        )

    def ask(self, source: Source, *, backward: bool, rows: int | None) -> WorkAsk:
        """Return what a source is asked for."""
        ids = self.ids()
        return WorkAsk(
            types=self.types,
            titles=self.names,
            stages=of_source(ids["stageIds"], source),
            owners=of_source(ids["ownerIds"], source),
            parts=of_source(ids["partIds"], source),
            tags=of_source(ids["tagIds"], source),
            priorities=self.priorities,
            severities=self.severities,
            created=self.created,
            updated=self.updated,
            target_close=self.target_close,
            order=WorkOrderField(self.order),
            descending=self.descending != backward,
            rows=rows if self.is_asked_whole else None,
        )

    def conditions(self) -> Iterator[Condition]:
        """Works of a type that lacks what is asked for do not match."""
        yield from super().conditions()
        yield from among(self.types, lambda row: row.work_type)
        yield from among(self.stages, lambda row: row.stage_key and str(row.stage_key))
        yield from sharing(self.owners, lambda row: [one.id for one in row.owners or ()])
        yield from among(self.parts, _part)
        yield from sharing(self.tags, _tags)
        yield from among(self.priorities, lambda row: getattr(row, "priority", None))
        yield from among(self.severities, lambda row: getattr(row, "severity", None))
        yield from within(self.target_close, "target_close_at")


def _part(row: Any) -> str | None:
    part = getattr(row, "part", None)
    return part and part.id


def _tags(row: Any) -> list[str]:
    return [one.tag.id for one in getattr(row, "tags", None) or () if one.tag]
