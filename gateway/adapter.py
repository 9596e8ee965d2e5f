"""The port: what every source is, and one capability per thing that a source may do.

A source inherits what it can do, `class Esper(Adapter, ReadsStages)`. A capability's methods are
abstract and `@source` refuses a class that leaves one out, at import. The graph's `capabilities`
and the README's table are read off the same classes.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

import msgspec
from msgspec import Meta

from gateway.settings import Address, Seconds, SettingError, complaint, is_address
from gateway.upstream.client import Client
from gateway.upstream.health import Health
from gateway.upstream.limits import Limit
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import GlobalId, Kind
from schema.types.process import Pipeline, ProcessOrderField, Workflow
from schema.types.resource import Actor
from schema.types.source import Source
from schema.types.sources import Capability, Operation, ResourceType
from schema.types.stage import Stage, StageOrderField

T_co = TypeVar("T_co", covariant=True)
A = TypeVar("A", bound="type[Adapter]")


class SourceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings that every source has; each source's folder adds its own."""

    credentials: ClassVar[Sequence[Sequence[str]]]
    """Names of the settings that connect the source: all of the first group, or of another."""

    base_url: Annotated[Address, Meta(description="the address that paths are below")]
    deadline: Annotated[
        Seconds | None,
        Meta(description="seconds for the source's whole answer, above 0 up to 600"),
    ] = None
    concurrency: Annotated[int, Meta(ge=1, le=64, description="calls at once, 1 to 64")] = 8
    limit: Annotated[Limit, Meta(description="calls/seconds such as 6/1, or none")] = "none"
    page_size: Annotated[int, Meta(ge=1, le=1000, description="rows per page, 1 to 1000")] = 100

    @property
    def is_connected(self) -> bool:
        """Whether a credential is set."""
        return any(all(getattr(self, name) for name in group) for group in self.credentials)


class World(msgspec.Struct, frozen=True):
    """What the composition root hands to every source.

    Attributes:
        now: the clock, in UTC.
        deadline: seconds, for sources that set none of their own.
        max_pages: pages of one vendor's list that one answer may read.
    """

    now: Callable[[], datetime]
    deadline: float
    max_pages: int

    def client(
        self, source: Source, settings: SourceSettings, headers: Mapping[str, str]
    ) -> Client:
        """Return the client of a source under its settings.

        Raises:
            SettingError: if its base URL is none.
        """
        if not is_address(settings.base_url):
            raise SettingError(complaint(type(settings), f"sources.{source.value}", "base_url"))
        return Client(
            source,
            settings.base_url,
            headers,
            concurrency=settings.concurrency,
            limit=settings.limit,
            deadline=settings.deadline or self.deadline,
            now=self.now,
        )


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


class Batch(msgspec.Struct, Generic[T_co], frozen=True):
    """Some rows of a list, and how many were left out since they made no sense."""

    rows: Sequence[T_co]
    dropped: int = 0


class Adapter(ABC):
    """A source. Methods raise `errors.UpstreamFailure`; unknown objects are absent, not raised."""

    id: ClassVar[Source]
    capabilities: ClassVar[Sequence[Capability]] = ()

    def __init__(self, client: Client) -> None:
        self.client = client

    @classmethod
    @abstractmethod
    def connect(cls, settings: Any, world: World) -> Self:
        """Make the adapter of a source whose settings, its own struct, connect it."""

    @property
    def health(self) -> Health:
        """How the latest call went."""
        return self.client.health

    def deadline(self, since: float | None = None) -> AbstractAsyncContextManager[None]:
        """Bound one list or one lookup by the source's deadline, counted from a loop's time."""
        return self.client.deadline(since)

    async def close(self) -> None:
        """Let go of connections."""
        await self.client.close()

    @abstractmethod
    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the graph's word
        """Tell whether an id of this source has the form that the vendor gives to such ids."""

    @abstractmethod
    async def locate(self, kind: Kind, key: ResourceKey, trace: Trace) -> Sequence[GlobalId]:
        """Return the ids that a vendor's own id may stand for: several where a scope is open.

        Raises:
            errors.Rejected: if the key lacks what is needed to find the object.
            errors.UpstreamFailure: where the scopes must be asked for, and that fails.
        """

    @abstractmethod
    async def check(self, trace: Trace) -> str:
        """Make one call that needs the credential; return who or what it is good for."""


class ReadsStages(ABC):
    """Stages can be listed and fetched.

    Attributes:
        stage_filters: fields of StageFilter that the source serves itself.
        stage_orders: order fields that the source serves itself, in both directions, with equal
            keys in any order and nulls anywhere.
    """

    stage_filters: ClassVar[frozenset[str]] = frozenset()
    stage_orders: ClassVar[frozenset[StageOrderField]] = frozenset()

    @abstractmethod
    def stages(self, ask: StageAsk, trace: Trace) -> AsyncIterator[Batch[Stage]]:
        """Yield the stages that are asked for, page by page."""

    @abstractmethod
    async def get_stages(self, ids: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Stage]:
        """Return those stages that exist, by the id that was asked, in the fewest calls."""


class ReadsPipelines(ABC):
    """Pipelines can be listed and fetched; attributes as those of `ReadsStages`."""

    pipeline_filters: ClassVar[frozenset[str]] = frozenset()
    pipeline_orders: ClassVar[frozenset[ProcessOrderField]] = frozenset()

    @abstractmethod
    def pipelines(self, ask: ProcessAsk, trace: Trace) -> AsyncIterator[Batch[Pipeline]]:
        """Yield the pipelines that are asked for, page by page."""

    @abstractmethod
    async def get_pipelines(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Pipeline]:
        """Return those pipelines that exist, by the id that was asked, in the fewest calls."""


class ReadsWorkflows(ABC):
    """Workflows can be listed and fetched; attributes as those of `ReadsStages`."""

    workflow_filters: ClassVar[frozenset[str]] = frozenset()
    workflow_orders: ClassVar[frozenset[ProcessOrderField]] = frozenset()

    @abstractmethod
    def workflows(self, ask: ProcessAsk, trace: Trace) -> AsyncIterator[Batch[Workflow]]:
        """Yield the workflows that are asked for, page by page.

        Where the vendor sends their stages along at no further call, `members` has them.
        """

    @abstractmethod
    async def get_workflows(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Workflow]:
        """Return those workflows that exist, by the id that was asked, in the fewest calls."""


class ListsStagesOfProcesses(ABC):
    """The stages of a process are asked for apart from it, as its own answer has none."""

    @abstractmethod
    async def stages_of(
        self, processes: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Batch[Stage]]:
        """Return all stages of each process that exists."""


class FindsProcesses(ABC):
    """In which processes a stage stands is asked for apart from it, as its answer does not tell."""

    @abstractmethod
    async def processes_of(
        self, stages: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Sequence[Workflow]]:
        """Return the workflows of each stage; a stage in none may be absent."""


class ReadsPeople(ABC):
    """People can be fetched."""

    @abstractmethod
    async def get_people(self, ids: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Actor]:
        """Return those people that are known, by id."""


class ReadsSpaceRoles(ABC):
    """Roles of a space can be fetched."""

    @abstractmethod
    async def get_space_roles(
        self, ids: Sequence[GlobalId], trace: Trace
    ) -> Mapping[GlobalId, Any]:
        """Return those roles that exist, by id."""


class ReadsProspects(ABC):
    """The prospects at a stage can be listed."""

    @abstractmethod
    async def prospects_of(
        self, stages: Sequence[GlobalId], first: int, trace: Trace
    ) -> Mapping[GlobalId, Sequence[GlobalId]]:
        """Return the first prospects of each stage, by id."""


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
    if issubclass(adapter, ReadsPipelines):
        own = (adapter.pipeline_filters, adapter.pipeline_orders)
        found.append(_reads(ResourceType.PIPELINE, ProcessOrderField, *own))
    if issubclass(adapter, ReadsWorkflows):
        own = (adapter.workflow_filters, adapter.workflow_orders)
        found.append(_reads(ResourceType.WORKFLOW, ProcessOrderField, *own))
    return found


def _reads(
    kind: ResourceType, fields: Iterable[Enum], filters: Iterable[str], orders: Collection[Enum]
) -> Capability:
    return Capability(
        type=kind,
        operations=[Operation.LIST, Operation.GET],
        filters=sorted(filters),
        orders=[one.name for one in fields if one in orders],
    )
