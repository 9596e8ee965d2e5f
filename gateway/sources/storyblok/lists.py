"""Reads Storyblok's lists to their end, and objects by id.

Lists that are documented whole might still be paged silently: where the header `Total` tells of
more rows than came, the further pages are asked for.
"""

import re
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from msgspec import Raw

from gateway import errors
from gateway.adapter import Batch
from gateway.sources.storyblok import calls, wire
from gateway.sources.storyblok.normalise import identity
from gateway.upstream.call import Answer, Call, nonsense
from gateway.upstream.client import Client
from gateway.upstream.origin import Row
from gateway.upstream.paging import unseen
from gateway.upstream.together import together
from gateway.upstream.trace import Trace

_IDS_PER_CALL = 100
"""Keeps the address below 2 KB."""

_LEAST_PAGE = 25
"""The vendor's own page size: a shorter page is the last, even where more rows were asked for."""

_COUNT = re.compile(r"[0-9]{1,9}")


class Page(Protocol):
    """A list, or a page of one."""

    @property
    def rows(self) -> list[Raw]:
        """The objects."""
        ...


class One(Protocol):
    """A single object."""

    @property
    def row(self) -> Raw:
        """The object."""
        ...


W = TypeVar("W", bound=wire.Thing)
P = TypeVar("P", bound=Page)
O = TypeVar("O", bound=One)  # noqa: E741 - beside P and W


class Endpoints(NamedTuple, Generic[W, P, O]):
    """How objects of a type are asked for: one, some by their ids, and all of a space."""

    wire: type[W]
    one: Callable[[str, str], Call[O]]
    some: Callable[[str, Sequence[str]], Call[P]]
    whole: Callable[[str], Call[P]]


class Found(NamedTuple, Generic[W]):
    """Objects that were asked for by number.

    Attributes:
        rows: those that there are.
        failed: those that make no sense, or for which another object came, and those of which
            each may be such a row of a list.
    """

    rows: dict[str, Row[W]]
    failed: Mapping[str, errors.UpstreamFailure]


STAGES = Endpoints(wire.Stage, calls.get_stage, calls.get_stages, calls.list_stages)
WORKFLOWS = Endpoints(wire.Workflow, calls.get_workflow, calls.get_workflows, calls.list_workflows)
SPACE_ROLES = Endpoints(
    wire.SpaceRole, calls.get_space_role, calls.get_space_roles, calls.list_space_roles
)


class Lists:
    """Reads lists for one ask.

    Args:
        client: sends.
        trace: counts the calls.
        max_pages: pages that each list may have.
    """

    def __init__(self, client: Client, trace: Trace, max_pages: int) -> None:
        self._client = client
        self._trace = trace
        self._max_pages = max_pages

    async def pages(self, call: Call[P], kind: type[W]) -> AsyncGenerator[Batch[Row[W]], None]:
        """Yield page after page; each object comes once.

        Raises:
            errors.TooLarge: if there are more pages than the list may have.
        """
        seen: set[int] = set()
        dropped = 0
        for number in range(1, self._max_pages + 1):
            answer = await self._client.send(
                call if number == 1 else calls.page(call, number), self._trace
            )
            rows, bad = answer.rows(answer.body.rows, kind, identity)
            fresh = unseen(rows, seen, lambda row: row.wire.id)
            dropped += bad
            owed = _owed(answer, len(seen) + dropped, is_paged=calls.is_paged(call))
            # A page with nothing new ends the list, and what it still owes is told as left out.
            is_stuck = owed > 0 and not fresh and not bad
            yield Batch(fresh, bad + owed * is_stuck)
            if is_stuck or not owed:
                return
        message = (
            f"{self._client.source.name} has more pages than one list may read; "
            "filter the list: by sources, or stages by processIds."
        )
        raise errors.TooLarge(self._client.source, message)

    async def whole(self, call: Call[P], kind: type[W]) -> Batch[Row[W]]:
        """Read a list whole."""
        parts = [part async for part in self.pages(call, kind)]
        return Batch([row for part in parts for row in part.rows], sum(p.dropped for p in parts))

    async def find(self, of: Endpoints[W, P, O], space: str, numbers: Sequence[str]) -> Found[W]:
        """Return those objects of a space that exist, by number; others may come too.

        An id that is absent from an answer by ids is unknown only when confirmed, as the vendor
        may cap the ids: one is asked for by itself, several by reading the space's whole list,
        which costs one call however many they are.
        """
        if len(numbers) == 1:
            return await self._one(of, space, numbers[0])
        parts = await together(
            self.whole(of.some(space, numbers[at : at + _IDS_PER_CALL]), of.wire)
            for at in range(0, len(numbers), _IDS_PER_CALL)
        )
        found = _by_number(row for part in parts for row in part.rows)
        absent = [number for number in numbers if number not in found]
        if not absent:
            return Found(found, {})
        rest = await self._confirm(of, space, absent)
        return Found(found | rest.rows, rest.failed)

    async def _confirm(self, of: Endpoints[W, P, O], space: str, absent: Sequence[str]) -> Found[W]:
        if len(absent) == 1:
            try:
                return await self._one(of, space, absent[0])
            except errors.BadResponse as failure:
                return Found({}, {absent[0]: failure})  # the others came
        whole = await self.whole(of.whole(space), of.wire)
        rows = _by_number(whole.rows)
        doubtful = [one for one in absent if one not in rows] if whole.dropped else []
        return Found(rows, {one: nonsense(self._client.source) for one in doubtful})

    async def _one(self, of: Endpoints[W, P, O], space: str, number: str) -> Found[W]:
        try:
            answer = await self._client.send(of.one(space, number), self._trace)
        except errors.Missing:
            return Found({}, {})
        try:
            row = answer.row(answer.body.row, of.wire, identity)
        except errors.BadResponse as failure:
            return Found({}, {number: failure})
        if str(row.wire.id) != number:
            return Found({}, {number: answer.nonsense()})
        return Found({number: row}, {})


def _by_number(rows: Iterable[Row[W]]) -> dict[str, Row[W]]:
    return {str(row.wire.id): row for row in rows}


def _owed(answer: Answer[P], came: int, *, is_paged: bool) -> int:
    """Return how many rows are still to come, as far as can be told: at least one, or none."""
    total = answer.headers.get("total", "")
    if _COUNT.fullmatch(total):
        return max(0, int(total) - came)
    return int(is_paged and len(answer.body.rows) >= _LEAST_PAGE)
