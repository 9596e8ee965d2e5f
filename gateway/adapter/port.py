"""What every source is."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar, Self

from gateway.adapter.world import World
from gateway.cache.keys import Scope
from gateway.upstream.client import Client
from gateway.upstream.health import Health
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import GlobalId, Kind
from schema.types.resource import Resource
from schema.types.source import Source
from schema.types.sources import Capability


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
    def scope(self) -> Scope:
        """Whose answers this adapter has: no other's are ever mixed with them."""
        return self.client.keeping.scope

    def seconds_for(self, kind: Kind) -> float:
        """Return for how long objects of a kind are kept; 0 is not at all."""
        return self.client.keeping.seconds.get(kind, 0.0)

    def aliases(self, kind: Kind, row: Resource) -> Sequence[GlobalId]:
        """Return the ids by which an object can be asked for beside its own."""
        del kind, row
        return ()

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
