"""Which method of a source fetches which kind of object."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from gateway.adapter import (
    Adapter,
    ReadsPeople,
    ReadsPipelines,
    ReadsSpaceRoles,
    ReadsStages,
    ReadsWorkflows,
    ReadsWorks,
)
from gateway.upstream.trace import Trace
from schema.types.ids import Kind

Getter = Callable[[Sequence[Any], Trace], Awaitable[Mapping[Any, Any]]]

_GETTERS: Mapping[Kind, tuple[type, str]] = {
    Kind.STAGE: (ReadsStages, "get_stages"),
    Kind.WORK: (ReadsWorks, "get_works"),
    Kind.PIPELINE: (ReadsPipelines, "get_pipelines"),
    Kind.WORKFLOW: (ReadsWorkflows, "get_workflows"),
    Kind.PERSON: (ReadsPeople, "get_people"),
    Kind.SPACE_ROLE: (ReadsSpaceRoles, "get_space_roles"),
}
"""The capability and the method that fetch a kind of object."""


def getter(adapter: Adapter, kind: Kind) -> Getter | None:
    """Return the method that fetches a kind of object, if the source has it."""
    capability, method = _GETTERS.get(kind, (None, ""))
    if capability is None or not isinstance(adapter, capability):
        return None
    return getattr(adapter, method)


def has(adapter: Adapter, kind: Kind) -> bool:
    """Tell whether a source has a kind of object."""
    return getter(adapter, kind) is not None
