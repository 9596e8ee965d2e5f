"""A call is a value: what to send and which struct reads the answer. No I/O."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from gateway import errors
from gateway.upstream.origin import Identity, Row, decode_row
from schema.types.ids import Kind
from schema.types.source import Source

T = TypeVar("T")
W = TypeVar("W", bound=msgspec.Struct)


class Call(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One request to a vendor.

    Attributes:
        method: HTTP method.
        route: path below the source's base URL, parameters in braces, such as
            "/pipelines/{pipeline_id}/stages/". Told in traces; holds no id.
        answer: what the body is decoded to.
        params: values of the route's parameters; the client percent-encodes them.
        query: pairs of the query string, in order.
        body: JSON body, None for no body.
        kept_as: the kind of object by which the answer is kept; None where it is not to be kept,
            nor shared by those who ask at the same time.
        kept_headers: names of the answer's headers that are read, in lower case.
    """

    method: str
    route: str
    answer: type[T]
    params: Mapping[str, str] = {}
    query: Sequence[tuple[str, str]] = ()
    body: Any = None
    kept_as: Kind | None = None
    kept_headers: Sequence[str] = ()


class Answer(msgspec.Struct, Generic[T], frozen=True):
    """A decoded answer, when it came and from whom.

    Attributes:
        body: what the body was decoded to.
        fetched_at: when it came.
        source: from whom.
        headers: those of the answer's headers that its call reads, names in lower case.
        decoded: the objects that were decoded, so that a kept answer decodes them once.
    """

    body: T
    fetched_at: datetime
    source: Source
    headers: Mapping[str, str] = {}
    decoded: dict[Any, Any] = {}

    def rows(
        self, raws: Sequence[msgspec.Raw], kind: type[W], identity: Identity
    ) -> tuple[list[Row[W]], int]:
        """Decode the objects of a page one by one, so that a bad one costs only itself.

        Returns:
            The good rows, and how many made no sense.
        """
        place = (id(raws), kind)  # the lists live as long as the answer
        if place not in self.decoded:
            self.decoded[place] = self._rows(raws, kind, identity)
        rows = self.decoded[place]
        return rows, len(raws) - len(rows)

    def _rows(self, raws: Sequence[msgspec.Raw], kind: type[W], identity: Identity) -> list[Row[W]]:
        rows: list[Row[W]] = []
        for raw in raws:
            try:
                rows.append(decode_row(raw, kind, self.fetched_at, identity))
            except (msgspec.DecodeError, RecursionError):
                continue
        return rows

    def row(self, raw: msgspec.Raw, kind: type[W], identity: Identity) -> Row[W]:
        """Decode one object.

        Raises:
            errors.BadResponse: if it makes no sense.
        """
        try:
            return decode_row(raw, kind, self.fetched_at, identity)
        except (msgspec.DecodeError, RecursionError) as error:
            message = f"{self.source.name} sent an object that makes no sense."
            raise errors.BadResponse(self.source, message) from error
