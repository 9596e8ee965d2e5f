"""What fields cost upstream, told beside the fields.

A field whose resolver may ask a source has a price under "cost" in its metadata: a function of its
arguments and of how many parents it is asked for. It tells the calls of a cold gateway, at most, as
far as can be told beforehand; of what cannot be told, such as how many spaces there are, there are
20. A list without a price holds 20 rows and costs nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, cast

from schema.types.ids import GlobalId, InvalidIdError, Kind
from schema.types.source import Source

COST = "cost"
"""Where a field's metadata has its price."""

UNKNOWN = 20
"""How many there are of what cannot be told: spaces, pipelines, pages, rows of a plain list."""

_PAGE, _LARGEST_PAGE = 50, 200
"""Rows of a list: where the query does not tell, and at most."""

_STAGES_OF_A_PROCESS = 10
"""About: a page may have more, but a pipeline or a workflow has not."""


class Cost(NamedTuple):
    """What a field costs.

    Attributes:
        calls: for all parents together.
        rows: that it holds for each parent.
        lists: the name of the lists that are read for it, if they are the same for all parents:
            an operation reads them once, whichever of its fields wants them.
    """

    calls: int
    rows: int
    lists: str = ""


Given = Mapping[str, Any]
"""Arguments by the graph's names, as a query's text or JSON has them; absent ones are not there."""

Price = Callable[[Given, int], Cost]
"""Tells what a field costs for its arguments and so many parents."""


def nothing(_given: Given, _parents: int) -> Cost:
    """Price one thing that is at hand."""
    return Cost(0, 1)


def in_page(_given: Given, _parents: int) -> Cost:
    """Price the rows of a page: they are at hand, and as many as the field of the page tells."""
    return Cost(0, 1)


IN_PAGE: Mapping[str, Price] = {COST: in_page}
"""The metadata of such rows."""


def each_count(_given: Given, parents: int) -> Cost:
    """Price a number for which each parent is asked apart."""
    return Cost(parents, 1)


def of_processes(given: Given, parents: int) -> Cost:
    """Price the stages of processes: each is asked for its own, and has ten unless told."""
    return Cost(parents, rows_of(given, _STAGES_OF_A_PROCESS))


def each_whole(given: Given, parents: int) -> Cost:
    """Price a page of a list that must be read whole."""
    return Cost(UNKNOWN * parents, rows_of(given))


def each_list(_given: Given, parents: int) -> Cost:
    """Price a list of which a query does not tell the length; each parent is asked apart."""
    return Cost(parents, UNKNOWN)


def each_write(_given: Given, parents: int) -> Cost:
    """Price a mutation: both ends and earlier tries may be looked at before, and the end after."""
    return Cost(6 * parents, 1)


WRITES: Mapping[str, Price] = {COST: each_write}
"""The metadata of a mutation."""


def of_lists(name: str, lists: int, rows: int = 1) -> Price:
    """Price what is found in some lists together, however many parents there are.

    Args:
        name: of these lists.
        lists: how many there are, at most.
        rows: for each parent.
    """
    return lambda _given, parents: Cost(min(lists, parents), rows, name)


def _in_spaces(name: str, rows: int) -> Price:
    return of_lists(name, 2 + UNKNOWN, rows)  # each space has one; DevRev has one for all


STAGE = _in_spaces("stages", 1)
"""Prices a stage by its id."""

STAGES = _in_spaces("stages", UNKNOWN)
"""Prices stages by their ids."""

DEVREV_STAGE = of_lists("stages", 2)
"""Prices a stage of DevRev by its id or its name: one list has all."""

DEVREV_STAGES = of_lists("stages", 2, UNKNOWN)
"""Prices stages of DevRev by their ids."""

PROCESS = of_lists("processes", 4 + UNKNOWN)
"""Prices the processes that a stage stands in: one list of each space, of Esper and of DevRev."""

PEOPLE = _in_spaces("people", UNKNOWN)
"""Prices people by their ids."""

SPACE_ROLES = _in_spaces("space roles", UNKNOWN)
"""Prices roles of spaces by their ids."""


def of_sources(calls: Mapping[Source, int]) -> Price:
    """Price a list over several sources.

    Args:
        calls: that each source takes.
    """
    by_name = {source.name: count for source, count in calls.items()}

    def price(given: Given, parents: int) -> Cost:
        chosen = _chosen(given, by_name)
        return Cost(sum(by_name.get(name, 0) for name in chosen) * parents, rows_of(given))

    return price


def _object(given: Given, name: str) -> Given:
    """Return an argument that is an object; one without anything where there is none."""
    value = given.get(name)
    return cast("Given", value) if isinstance(value, dict) else {}


def _chosen(given: Given, every: Iterable[str]) -> Iterable[str]:
    """Return the names of the sources that a list's filter leaves."""
    chosen = _object(given, "filter").get("sources")
    if chosen is None:
        return every
    return set(cast("list[str]", chosen)) if isinstance(chosen, list) else (chosen,)


_PLAIN = frozenset({"first", "after"})
_IN_A_PAGE = 100


def of_works(given: Given, parents: int) -> Cost:
    """Price a list of works: as many pages as have the rows, or all under filters and orders."""
    rows = rows_of(given)
    wanted = {name for name, value in given.items() if value is not None}
    filters = {name for name, value in _object(given, "filter").items() if value is not None}
    if wanted - {"filter"} <= _PLAIN and filters <= {"sources"}:
        return Cost((1 + -(-(rows + 1) // _IN_A_PAGE)) * parents, rows)
    return Cost(UNKNOWN * parents, rows)


def of_stages_works(given: Given, parents: int) -> Cost:
    """Price the works of stages: two pages for all together, then those of each for itself."""
    rows = rows_of(given)
    return Cost(parents * max(1, -(-rows // _IN_A_PAGE)) + (2 if parents > 1 else 1), rows)


def of_prospects(given: Given, parents: int) -> Cost:
    """Price the prospects of stages, in pages of 200 for all stages together."""
    rows = rows_of(given)
    return Cost(1 + -(-rows * parents // _LARGEST_PAGE), rows)


def of_ids(given: Given, parents: int) -> Cost:
    """Price objects by their ids; more than can be asked for are refused, and cost nothing."""
    ids = given.get("ids")
    listed: list[Any] = cast("list[Any]", ids) if isinstance(ids, list) else [ids]
    if len(listed) > _LARGEST_PAGE:
        return Cost(0, _LARGEST_PAGE)
    return Cost(_lookups(tuple(map(str, listed))) * parents, len(listed))


def of_id(given: Given, parents: int) -> Cost:
    """Price one object by its id."""
    return Cost(_lookups((str(given.get("id")),)) * parents, 1)


def by_id_or_key(given: Given, parents: int) -> Cost:
    """Price one object by its id, or by its source's own: perhaps in every space."""
    by = _object(given, "by")
    key = _object(by, "key")
    if key and key.get("source") == Source.STORYBLOK.name and not key.get("scopeSourceId"):
        return Cost((1 + UNKNOWN) * parents, 1)
    return Cost(2 * parents, 1) if key else Cost(_lookups((str(by.get("id")),)) * parents, 1)


MOST: Mapping[Price, Cost] = {of_id: Cost(2, 1), by_id_or_key: Cost(1 + UNKNOWN, 1)}
"""What fields cost at most for one parent, whatever their arguments."""


@lru_cache(maxsize=64)
def _lookups(ids: tuple[str, ...]) -> int:
    """Return the calls for objects by id; remembered, as many fields may be given the same.

    Works are asked for one by one; of all else those of one kind and one scope (a pipeline, a
    space) come together, but that a list may lack one. What is no id counts too: it costs an error.
    """
    works: set[str] = set()
    places: set[tuple[Any, ...]] = set()
    strange = 0
    for one in ids:
        try:
            key = GlobalId.parse(one)
        except InvalidIdError:
            strange += 1
            continue
        if key.kind is Kind.WORK:
            works.add(key.source_id)
        else:
            places.add(key[:3])
    return strange + len(works) + 2 * len(places)


def rows_of(given: Given, untold: int = _PAGE) -> int:
    """Return the rows of the page that a list's arguments ask for, or which it has untold."""
    for name in ("first", "last"):
        rows = given.get(name)
        if rows is not None:
            return max(0, min(int(rows), _LARGEST_PAGE))
    return untold
