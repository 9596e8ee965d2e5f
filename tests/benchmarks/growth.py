"""How the gateway's cost grows: with objects, with the length of a list, sources and callers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.benchmarks import rivals, servers
from tests.benchmarks.cells import Cell, Contestant, by_turns
from tests.benchmarks.data import keep_stages
from tests.benchmarks.lineup import Lineup
from tests.benchmarks.load import request
from tests.benchmarks.servers import Server
from tests.benchmarks.upstream import LARGE, LARGEST, Upstream
from tests.benchmarks.workloads import PARTS, WORKLOADS

OBJECTS = (10, 100, 1_000, 10_000)
CALLERS = (1, 10, 100, 1_000)
SELECTIONS = (1, 8, 64)
_AT_ONCE = 200
"""Ids that the graph takes in one field."""
_MIDDLE_SCALE = 22

_STAGE = "id name position color updatedAt"
_PAGE = "{ stages(first: 100, filter: {sources: [OUTREACH]}) { nodes { id name position } } }"

_WIDE = {
    f"STAGEGRAPH_MAX_{name}": str(most)
    for name, most in {
        "BODY": 10**7, "VARIABLES": 10**6, "TOKENS": 10**4, "ROOT_FIELDS": 100, "COST": 10**6,
    }.items()
}  # fmt: skip
"""Bounds that let 10,000 objects be asked for at once."""


class Growth(NamedTuple):
    """One table.

    Attributes:
        title: what grows, and what is asked.
        what: the first column's name.
        steps: how much of it, in words, with what was measured.
        per: by how many the cost of each step is divided in a column of its own; or nothing.
    """

    title: str
    what: str
    steps: Sequence[tuple[str, Cell]]
    per: Sequence[int] = ()


def by_ids(ids: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Return an operation that asks for objects by id, at most 200 in each field."""
    parts = [list(ids[at : at + _AT_ONCE]) for at in range(0, len(ids), _AT_ONCE)]
    given = ", ".join(f"$p{at}: [ID!]!" for at in range(len(parts)))
    fields = f"id ... on Stage {{ {_STAGE} }}"
    asked = " ".join(f"p{at}: nodes(ids: $p{at}) {{ {fields} }}" for at in range(len(parts)))
    return f"query({given}) {{ {asked} }}", {f"p{at}": part for at, part in enumerate(parts)}


@contextmanager
def _over_many(upstream: Upstream, scale: int) -> Iterator[tuple[Server, list[Any]]]:
    """Run a gateway that keeps all of Outreach's stages of a scale."""
    upstream.rescale(LARGE, scale)
    settings = servers.gateway_settings(upstream.settings(LARGE)) | _WIDE
    server = servers.start_gateway(settings)
    with server.process:
        yield server, keep_stages(server)


def objects_and_lists(upstream: Upstream, rounds: int) -> list[Growth]:
    """Measure objects by id, and one page out of longer and longer lists."""
    page = [request(_PAGE)]
    lists: list[tuple[str, Cell]] = []

    def measure_page(server: Server, length: int) -> None:
        one = Contestant(f"of {length:,}", server, page)
        lists.extend(by_turns([one], 1, upstream, rounds=rounds).items())

    with _over_many(upstream, _MIDDLE_SCALE) as (server, stages):
        measure_page(server, len(stages))
    with _over_many(upstream, LARGEST) as (server, stages):
        measure_page(server, len(stages))
        ids = [one["id"] for one in stages]
        some = [Contestant(f"{n:,}", server, [request(*by_ids(ids[:n]))]) for n in OBJECTS]
        found = by_turns(some, 1, upstream, rounds=rounds)
    upstream.rescale(LARGE)
    return [
        Growth("Objects by id in one answer, kept", "objects", list(found.items()), OBJECTS),
        Growth("The first 100 stages of a kept list", "list of stages", lists),
    ]


def sources(lineup: Lineup, upstream: Upstream, rounds: int) -> Growth:
    """Measure one source, two, three and four of them, cold and 20 ms away."""
    upstream.delay(WORKLOADS["W3"].delay)
    server, parts = lineup.gateway(is_cold=True), list(PARTS.values())
    some = [
        Contestant(str(count), server, [request(f"{{ {' '.join(parts[:count])} }}")])
        for count in range(1, len(parts) + 1)
    ]
    found = by_turns(some, 1, upstream, rounds=rounds)
    upstream.delay(0)
    return Growth("Lists of several sources, cold, 20 ms away", "sources", list(found.items()))


def selections(lineup: Lineup, upstream: Upstream, rounds: int) -> Growth:
    """Measure W4 in turn with other selections, of which servers may remember what they wrote."""
    workload = WORKLOADS["W4"]
    some = [
        Contestant(f"{count}, {one.name}", one.server, of_several(workload.query, count))
        for one in lineup.of(workload)
        if one.name in {servers.GATEWAY, rivals.MERCURIUS}
        for count in SELECTIONS
    ]
    found = by_turns(some, workload.callers, upstream, rounds=rounds)
    return Growth("Different selections of W4 in turn", "selections", list(found.items()))


def of_several(query: str, count: int) -> list[bytes]:
    """Return requests that name the title differently."""
    return [request(query.replace(" title ", f" title{at}: title ")) for at in range(count)]


def callers(lineup: Lineup, upstream: Upstream, rounds: int) -> Growth:
    """Measure one caller of W1, ten, a hundred and a thousand at once."""
    requests = [request(WORKLOADS["W1"].query)]
    found: list[tuple[str, Cell]] = []
    servers_of: list[tuple[str, Callable[[], Server]]] = [("", lineup.gateway)]
    if servers.keeps_whole():
        servers_of.append((", kept whole", lambda: lineup.gateway(is_whole=True)))
    for name, start in servers_of:
        for count in CALLERS:
            one = Contestant(f"{count:,}{name}", start(), requests)
            found += by_turns([one], count, upstream, rounds=rounds).items()
    return Growth("Callers of W1 at once", "callers", found)
