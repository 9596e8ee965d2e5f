"""How lists of works are asked for: as one wishes, but for what DevRev refuses."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from gateway.sources.devrev import asks
from gateway.sources.devrev.asks import Sort
from gateway.sources.devrev.refusals import Refusal
from gateway.sources.devrev.served import Served
from gateway.sources.devrev.stage_ids import STAGE_IDS
from schema.types.ids import GlobalId

_SURE = (100, 50)
"""Rows of a page that other lists surely serve, and those of one where none are asked for."""

_OF_ANOTHER = "invalid_api_version"
"""A refusal that is about none of the doubtful things, though it names no field."""


class Wish(Struct, frozen=True, kw_only=True):
    """Which works are wished for.

    Attributes:
        conditions: what goes out, but for that on stages.
        stages: any of these; None is no condition.
        sort: the order; None is any.
        rows: rows of a page that surely do, where works come in the order and are all wanted.
    """

    conditions: Mapping[str, Any] = {}
    stages: Sequence[GlobalId] | None = None
    sort: Sort | None = None
    rows: int | None = None


class Way(NamedTuple):
    """How a list is asked for."""

    sorts: bool
    by_ids: bool
    rows: int

    def is_worse(self, other: "Way") -> bool:
        """Tell whether a list that was begun this way is better begun again in another."""
        return self.rows < other.rows or (self.by_ids and not other.by_ids)


class Ways:
    """Finds the next way to ask for a list.

    Args:
        size: rows per page.
        served: what DevRev is known to serve: sorts, ids of stages, sizes.
    """

    def __init__(self, size: int, served: Served) -> None:
        self._sizes = (size, *(one for one in _SURE if one < size))
        self._served = served

    def best(self, wish: Wish) -> Way:
        """Return how a list is asked for at first: without what is known to be refused."""
        sorts = wish.sort is not None and self._served.get(wish.sort) is not False
        by_ids = bool(asks.in_stages(wish.stages or ()))
        by_ids = by_ids and self._served.get(STAGE_IDS) is not False
        rows = max(one for one in self._sizes if self._served.get(one) is not False)
        if wish.rows and sorts and (wish.stages is None or by_ids):
            rows = min(rows, wish.rows)
        return Way(sorts, by_ids, rows)

    def lesser(self, wish: Wish, way: Way, refusal: Refusal) -> list[Way]:
        """Return how else a list may be asked for, without what was refused.

        Where it is not told what that is, each thing that is not known to be served is left out by
        itself, then all of them.
        """
        unsorted = [way._replace(sorts=False)] if way.sorts else []
        unfiltered = [way._replace(by_ids=False)] if way.by_ids else []
        shorter = [way._replace(rows=one) for one in _SURE if one < way.rows]
        field = STAGE_IDS if refusal.is_of_id and not refusal.field else refusal.field
        if field or refusal.type == _OF_ANOTHER:
            found = {"sort_by": unsorted, STAGE_IDS: unfiltered, "limit": shorter}
            return found.get(field, [])[:1]
        if self._served.get(wish.sort):
            unsorted = []
        if self._served.get(STAGE_IDS):
            unfiltered = []
        each = [*unsorted, *unfiltered, *shorter]
        least = Way(
            sorts=way.sorts and not unsorted,
            by_ids=way.by_ids and not unfiltered,
            rows=min(way.rows, *_SURE),
        )
        return each if least in {way, *each} else [*each, least]

    def learn(self, wish: Wish, way: Way, *, is_of_id: bool) -> None:
        """Note what was refused: all that had to be left out until the list was answered.

        Args:
            wish: the list.
            way: how it was answered.
            is_of_id: whether an id was refused, and not that there are ids.
        """
        best = self.best(wish)
        if best.sorts and not way.sorts:
            self._served.note(wish.sort, is_served=False)
        if best.by_ids and not way.by_ids and not is_of_id:
            self._served.note(STAGE_IDS, is_served=False)
        if way.rows < best.rows:
            for size in self._sizes:
                if size > way.rows:
                    self._served.note(size, is_served=False)
