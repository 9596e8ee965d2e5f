"""What a source is asked for, and how it answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from schema.types.esper import TargetListType
from schema.types.ids import GlobalId
from schema.types.process import ProcessOrderField
from schema.types.stage import StageOrderField
from schema.types.work import TicketSeverity, WorkOrderField, WorkPriority, WorkType

T_co = TypeVar("T_co", covariant=True)

TargetListsAsk = tuple[GlobalId, TargetListType | None]
"""A stage or a pipeline, and of which type its target lists are wanted; None is any."""


class Span(msgspec.Struct, frozen=True):
    """A half-open span of time; None is without end."""

    gte: datetime | None = None
    lt: datetime | None = None


class StageAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Which stages are wanted, in which order.

    A source must answer at least these and may answer more, but for `processes`, which it must
    hold itself. It serves the order only if its class says so in `stage_orders`.

    Attributes:
        names: exact names, any of them; None is no condition.
        processes: ids of pipelines or workflows, of this source only; None is no condition.
        created: when created. updated: when last changed.
        order: the field to order by.
        descending: whether the largest come first.
    """

    names: tuple[str, ...] | None = None
    processes: tuple[GlobalId, ...] | None = None
    created: Span = Span()
    updated: Span = Span()
    order: StageOrderField = StageOrderField.NAME
    descending: bool = False


class ProcessAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Which pipelines or workflows are wanted, in which order.

    A source must answer at least these and may answer more.

    Attributes:
        names: exact names, any of them; None is no condition.
        created: when created. updated: when last changed.
        is_default: whether a default workflow; None is no condition.
        leaf_types: types of works, any of them; None is no condition.
        content_types: types of content, any of them; None is no condition.
        order: the field to order by.
        descending: whether the largest come first.
    """

    names: tuple[str, ...] | None = None
    created: Span = Span()
    updated: Span = Span()
    is_default: bool | None = None
    leaf_types: tuple[str, ...] | None = None
    content_types: tuple[str, ...] | None = None
    order: ProcessOrderField = ProcessOrderField.NAME
    descending: bool = False


class WorkAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Which works are wanted, in which order.

    A source must answer at least these and may answer more. It serves the order only if its class
    says so in `work_orders` and the batches say `in_order`.

    Attributes:
        types: types, any of them. titles: exact titles, any of them. None is no condition.
        stages, owners, parts, tags: ids of this source only, any of them; None is no condition.
        priorities, severities: any of them; None is no condition.
        created: when created. updated: when last changed. target_close: when to be done.
        order: the field to order by.
        descending: whether the largest come first.
        rows: how many of the first rows are looked at; None is not known.
    """

    types: tuple[WorkType, ...] | None = None
    titles: tuple[str, ...] | None = None
    stages: tuple[GlobalId, ...] | None = None
    owners: tuple[GlobalId, ...] | None = None
    parts: tuple[GlobalId, ...] | None = None
    tags: tuple[GlobalId, ...] | None = None
    priorities: tuple[WorkPriority, ...] | None = None
    severities: tuple[TicketSeverity, ...] | None = None
    created: Span = Span()
    updated: Span = Span()
    target_close: Span = Span()
    order: WorkOrderField = WorkOrderField.UPDATED_AT
    descending: bool = True
    rows: int | None = None


class Batch(msgspec.Struct, Generic[T_co], frozen=True):
    """Some rows of a list.

    Attributes:
        rows: the rows.
        dropped: how many were left out since they made no sense.
        in_order: False where the vendor turned out not to serve the order that its source claims;
            only the first batch of a list may say so.
    """

    rows: Sequence[T_co]
    dropped: int = 0
    in_order: bool = True
