"""A call is a value: what to send and which struct reads the answer. No I/O."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from gateway import errors
from gateway.store.entry import Entry
from gateway.upstream.origin import Identity, Row, decode_row, decode_rows
from schema.types.ids import Kind
from schema.types.source import Source

_SPOILT_SECONDS = 10.0
"""For so long a list is kept some of whose rows make no sense."""

T = TypeVar("T")
V = TypeVar("V")
W = TypeVar("W", bound=msgspec.Struct)


def tag(kind: Kind, container: str = "") -> str:
    """Return the tag of objects of a kind.

    Args:
        kind: of the objects.
        container: the scope of their global ids; "" where there is none.
    """
    return f"{kind.value}/{container}"


class Call(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One request to a vendor.

    Attributes:
        method: HTTP method.
        route: path below the source's base URL, parameters in braces, such as
            "/pipelines/{pipeline_id}/stages/". Told in traces; holds no id.
        answer: what the body is decoded to; `type(None)` for an answer whose body tells nothing and
            may be missing.
        params: values of the route's parameters; the client percent-encodes them.
        query: pairs of the query string, in order.
        body: JSON body, None for no body.
        is_safe: whether it may be sent twice: a read may, what changes something may not.
        kept_as: the kind of object by which the answer is kept; None where it is not to be kept,
            nor shared by those who ask at the same time.
        tags: what a write forgets the kept answer by: the `tag` of each kind of object that it
            holds. None named is that of `kept_as`, without a container. Of a write: the tags of all
            that it may change.
        kept_headers: names of the answer's headers that are read, in lower case.
        reason: reads out of a refusal's body, whatever that is, why it was refused: a few short
            words of the vendor's.
        complaints: reads out of a refusal's status and body, whatever that is, what the vendor
            says is wrong with a write.
    """

    method: str
    route: str
    answer: type[T]
    params: Mapping[str, str] = {}
    query: Sequence[tuple[str, str]] = ()
    body: Any = None
    is_safe: bool = True
    kept_as: Kind | None = None
    tags: Sequence[str] = ()
    kept_headers: Sequence[str] = ()
    reason: Callable[[bytes], tuple[str, ...]] | None = None
    complaints: Callable[[int, bytes], Sequence[errors.Complaint]] | None = None

    @property
    def holds(self) -> Sequence[str]:
        """The tags of what the answer holds."""
        return self.tags or (() if self.kept_as is None else (tag(self.kept_as),))


def _nothing() -> None:
    """Keep nothing."""


class Answer(msgspec.Struct, Generic[T], frozen=True):
    """A decoded answer, when it came and from whom.

    Attributes:
        body: what the body was decoded to.
        fetched_at: when it came.
        source: from whom.
        headers: those of the answer's headers that its call reads, names in lower case.
        decoded: the objects that were decoded, so that a kept answer decodes them once.
        mark: when it was asked for, by the clock of this process's versions; -1 if not known.
        kept: returns what is kept of it, as long as it is. An entry has its answer, which must not
            have the entry in turn: what is not kept is freed at once, and not by the collector.
        status: the HTTP status that it came with; None of one that was kept.
    """

    body: T
    fetched_at: datetime
    source: Source
    headers: Mapping[str, str] = {}
    decoded: dict[Any, Any] = {}
    mark: int = -1
    kept: Callable[[], Entry | None] = _nothing
    status: int | None = None

    def doubt(self, seconds: float = 0.0) -> None:
        """Keep the answer for so long at most, since something in it makes no sense."""
        entry = self.kept()
        if entry is not None:
            entry.until = min(entry.until, self.fetched_at + timedelta(seconds=seconds))
            entry.is_doubtful = True

    def rows(
        self, raws: Sequence[msgspec.Raw], kind: type[W], identity: Identity
    ) -> tuple[list[Row[W]], int]:
        """Decode the objects of a page one by one, so that a bad one costs only itself.

        Returns:
            The good rows, and how many made no sense.
        """
        rows = [row for row in self.places(raws, kind, identity) if row is not None]
        return rows, len(raws) - len(rows)

    def places(
        self, raws: Sequence[msgspec.Raw], kind: type[W], identity: Identity
    ) -> Sequence[Row[W] | None]:
        """Decode as `rows` does, each in its place; one that makes no sense is None."""
        place = (id(raws), kind)  # the lists live as long as the answer
        found = self.decoded.get(place)
        if found is None:
            found = decode_rows(raws, kind, self.fetched_at, identity, self.mark)
            self.decoded[place] = found
            if any(row is None for row in found):
                self.doubt(_SPOILT_SECONDS)
        return found

    def made(self, make: Callable[["Answer[T]"], V]) -> V:
        """Return what a function makes of the whole answer; of a kept one it is made only once.

        Args:
            make: the same function each time, not one made on the spot.
        """
        found = self.decoded.get(make)
        if found is None:
            found = self.decoded[make] = make(self)
        return found

    def row(self, raw: msgspec.Raw, kind: type[W], identity: Identity) -> Row[W]:
        """Decode one object.

        Raises:
            errors.BadResponse: if it makes no sense.
        """
        try:
            return decode_row(raw, kind, self.fetched_at, identity, self.mark)
        except msgspec.DecodeError:
            raise self.nonsense() from None

    def nonsense(self) -> errors.BadResponse:
        """Keep the answer no longer, and return the failure of its one object."""
        self.doubt()
        return nonsense(self.source, self.status)


def nonsense(source: Source, status: int | None = None) -> errors.BadResponse:
    """Return the failure of an object that makes no sense, or is another than was asked for."""
    message = f"{source.name} sent an object that makes no sense."
    return errors.BadResponse(source, message, status=status)
