"""Reads off a source's class what it can do, and refuses one that claims more than it does."""

import inspect
from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from typing import TypeVar

from gateway.adapter.capabilities import (
    ReadsPipelines,
    ReadsStages,
    ReadsTargetLists,
    ReadsWorkflows,
    ReadsWorks,
)
from gateway.adapter.port import Adapter
from gateway.adapter.writing import DOES
from schema.types.process import ProcessOrderField
from schema.types.sources import Capability, Operation, ResourceType
from schema.types.stage import StageOrderField
from schema.types.work import WorkOrderField

A = TypeVar("A", bound="type[Adapter]")


def source(adapter: A) -> A:
    """Refuse an adapter that claims a capability without its methods, and list its capabilities.

    Raises:
        TypeError: at import, naming the methods that are missing.
    """
    if inspect.isabstract(adapter):
        missing = ", ".join(sorted(adapter.__abstractmethods__))
        message = f"{adapter.__name__} claims what it does not do; missing: {missing}"
        raise TypeError(message)
    adapter.capabilities = tuple(_capabilities(adapter))
    return adapter


def _capabilities(adapter: type[Adapter]) -> list[Capability]:
    found: list[Capability] = []
    if issubclass(adapter, ReadsStages):
        own = (adapter.stage_filters, adapter.stage_orders)
        found.append(_reads(ResourceType.STAGE, StageOrderField, *own))
    if issubclass(adapter, ReadsWorks):
        own = (adapter.work_filters, adapter.work_orders)
        found.append(_reads(ResourceType.WORK, WorkOrderField, *own))
    if issubclass(adapter, ReadsPipelines):
        own = (adapter.pipeline_filters, adapter.pipeline_orders)
        found.append(_reads(ResourceType.PIPELINE, ProcessOrderField, *own))
    if issubclass(adapter, ReadsWorkflows):
        own = (adapter.workflow_filters, adapter.workflow_orders)
        found.append(_reads(ResourceType.WORKFLOW, ProcessOrderField, *own))
    if issubclass(adapter, ReadsTargetLists):
        found.append(_reads(ResourceType.TARGET_LIST, (), (), (), [Operation.LIST]))
    for one in found:
        one.operations += [
            operation
            for capability, (type_, operation) in DOES.items()
            if type_ is one.type and issubclass(adapter, capability)
        ]
    return found


def _reads(
    kind: ResourceType,
    fields: Iterable[Enum],
    filters: Iterable[str],
    orders: Collection[Enum],
    operations: Sequence[Operation] = (Operation.LIST, Operation.GET),
) -> Capability:
    return Capability(
        type=kind,
        operations=list(operations),
        filters=sorted(filters),
        orders=[one.name for one in fields if one in orders],
    )
