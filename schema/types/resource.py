"""What every object of the graph has: an id, where it came from, when, and its raw answer."""

from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Protocol

import strawberry
from strawberry.types import Info

from schema.context import Context
from schema.types.described import described
from schema.types.scalars import JSON
from schema.types.source import Source


@strawberry.interface(description="An object that can be fetched again by its id.")
class Node:
    """Relay's object identification."""

    id: strawberry.ID = strawberry.field(
        description="Global id: opaque, and unique over all sources and types."
    )


@strawberry.enum(description="Where an object's data was taken from.")
class ServedFrom(Enum):
    """The three ways to come by an object."""

    UPSTREAM = described("UPSTREAM", "Fetched from the source for this request.")
    CACHE = described("CACHE", "Kept from an earlier request, and still good.")
    STALE_CACHE = described("STALE_CACHE", "Kept past its time, as the source is in trouble.")


@strawberry.type(description="How old an object's data is.")
class Freshness:
    """Told per object, as one answer may hold objects of several ages."""

    fetched_at: datetime = strawberry.field(description="When the source answered.")
    age_seconds: float = strawberry.field(description="Seconds since the source answered.")
    served_from: ServedFrom = strawberry.field(description="Where the data was taken from.")


class Origin(Protocol):
    """The source's own answer that an object was made of."""

    @property
    def fetched_at(self) -> datetime:
        """When the source answered."""
        ...

    @property
    def size(self) -> int:
        """Bytes of the source's answer for the object."""
        ...

    def raw(self) -> Any:
        """Return the source's whole JSON object."""
        ...

    def version(self) -> str:
        """Return a hash of the object's own attributes and relations."""
        ...


@strawberry.type(description="A file that a source keeps, described but not fetched.")
class Artifact:
    """DevRev's artifact summary."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    source_id: strawberry.ID = strawberry.field(description="The source's own id.")
    display_id: str | None = strawberry.field(
        description="The id that the source shows to people.", default=None
    )
    file_name: str | None = strawberry.field(description="Name of the file.", default=None)
    file_type: str | None = strawberry.field(description="MIME type of the file.", default=None)
    file_size_bytes: float | None = strawberry.field(
        description="Size of the file, in bytes.", default=None
    )


@strawberry.type(description="A person or a machine that acts in a source.")
class Actor:
    """A user of a source; what the source does not tell is null. Never changed."""

    pieces: ClassVar[dict[object, Any] | None] = None
    """As `Resource` has it."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    source: Source = strawberry.field(description="The source that knows this actor.")
    source_id: strawberry.ID = strawberry.field(description="The source's own id.")
    display_id: str | None = strawberry.field(
        description="The id that the source shows to people, such as DEVU-12.", default=None
    )
    kind: str | None = strawberry.field(
        description="What the source calls this kind of actor, such as dev_user.", default=None
    )
    display_name: str | None = strawberry.field(
        description="The name to show, often a short one.", default=None
    )
    full_name: str | None = strawberry.field(description="The full name.", default=None)
    email: str | None = strawberry.field(description="E-mail address.", default=None)
    state: str | None = strawberry.field(
        description="Whether the actor is active, in the source's own word.", default=None
    )
    picture: Artifact | None = strawberry.field(description="The actor's picture.", default=None)


@strawberry.interface(description="An object of a source: what stages, works and processes share.")
class Resource(Node):
    """Made from one answer of a source and never changed after."""

    pieces: ClassVar[dict[object, Any] | None] = None
    """What whoever answers queries keeps with an object: its parts in their final form."""

    source: Source = strawberry.field(description="The source that the object lives in.")
    source_id: strawberry.ID = strawberry.field(description="The source's own id.")
    created_at: datetime | None = strawberry.field(
        description="When the object was created; null where the source does not tell.",
        default=None,
    )
    updated_at: datetime | None = strawberry.field(
        description="When the object last changed; null where the source does not tell.",
        default=None,
    )
    created_by: Actor | None = strawberry.field(
        description="Who created the object; null where the source does not tell.", default=None
    )
    updated_by: Actor | None = strawberry.field(
        description="Who last changed the object; null where the source does not tell.",
        default=None,
    )
    origin: strawberry.Private[Origin]

    @strawberry.field(
        description="Hash of the object's own attributes and relations. The same data has the "
        "same version, whichever way it was read.",
        metadata={"constant": True},
    )
    def version(self) -> str:
        """Hash only when asked."""
        return self.origin.version()

    @strawberry.field(description="How old the object's data is.")
    def freshness(self, info: Info[Context, None]) -> Freshness:
        """Read the age off the answer that the object was made of."""
        return Freshness(
            fetched_at=self.origin.fetched_at,
            age_seconds=max(0.0, (info.context.now() - self.origin.fetched_at).total_seconds()),
            served_from=self._served_from(info.context),
        )

    def _served_from(self, context: Context) -> ServedFrom:
        fetched_at = self.origin.fetched_at
        if fetched_at >= context.since:
            return ServedFrom.UPSTREAM
        is_stale = context.is_stale(self.source, fetched_at)
        return ServedFrom.STALE_CACHE if is_stale else ServedFrom.CACHE

    @strawberry.field(
        description="The source's whole answer for this object, in its own words.",
        metadata={"constant": True},
    )
    def raw(self) -> JSON | None:
        """Decode only when asked."""
        return self.origin.raw()
