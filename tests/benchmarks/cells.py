"""Measures servers by turns: every server, then every server again, and the medians."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple

from tests.benchmarks import load, machine
from tests.benchmarks.servers import Server
from tests.benchmarks.upstream import Upstream

ROUNDS = 3
_WARM_SECONDS = 1.0
_CPU_SECONDS = 0.6
_FEWEST, _MOST = 5, 20_000
_TRIES = 3


class Cell(NamedTuple):
    """What one server took for one workload.

    Attributes:
        cpu: microseconds of the server's CPU for each request.
        rate: requests per second.
        p50, p99: latencies in milliseconds.
        calls: upstream calls for each request.
        memory: MB that the server held after.
        count: how many requests were measured.
    """

    cpu: float
    rate: float
    p50: float
    p99: float
    calls: float
    memory: float
    count: int


def middle(cells: Sequence[Cell]) -> Cell:
    """Return the median of each figure."""
    return Cell(*(median(figures) for figures in zip(*cells, strict=True)))


class Contestant(NamedTuple):
    """A server and what it is asked.

    Attributes:
        name: the server's.
        server: that runs.
        requests: taken in turn.
    """

    name: str
    server: Server
    requests: Sequence[bytes]


def warm(one: Contestant, callers: int) -> int:
    """Ask until the server is warm, and return how many requests are to be measured."""
    count, pid = 2, one.server.process.pid
    while True:
        before = machine.cpu_seconds(pid)
        took = load.run(one.server.origin, one.requests, count, callers).seconds
        used = machine.cpu_seconds(pid) - before
        if took >= _WARM_SECONDS / 2 or count >= _MOST:
            return max(_FEWEST, min(_MOST, int(count * _CPU_SECONDS / used)))
        count *= 2


def measure(one: Contestant, count: int, callers: int, upstream: Upstream) -> Cell:
    """Measure one load of a warm server.

    Raises:
        RuntimeError: if the stub has to ask the sandboxes, again and again.
    """
    pid = one.server.process.pid
    for _ in range(_TRIES):
        load.run(one.server.origin, one.requests, max(1, count // 20), callers)
        upstream.forget_counts()
        before = machine.cpu_seconds(pid)
        took = load.run(one.server.origin, one.requests, count, callers)
        used = machine.cpu_seconds(pid) - before
        counts = upstream.counts()
        if not counts["fetched"]:
            return Cell(
                cpu=used / count * 1e6,
                rate=count / took.seconds,
                p50=took.percentile(50),
                p99=took.percentile(99),
                calls=counts["total"] / count,
                memory=machine.resident(pid),
                count=count,
            )
    message = f"{one.name} asks the vendors something new at each request: {counts}"
    raise RuntimeError(message)


def by_turns(
    contestants: Sequence[Contestant],
    callers: int,
    upstream: Upstream,
    *,
    rounds: int = ROUNDS,
    tell: Callable[[str], Any] = print,
) -> dict[str, Cell]:
    """Measure all contestants, round after round, and return the medians by name."""
    counts = {one.name: warm(one, callers) for one in contestants}
    cells: dict[str, list[Cell]] = {one.name: [] for one in contestants}
    for _ in range(rounds):
        for one in contestants:
            cells[one.name].append(measure(one, counts[one.name], callers, upstream))
    medians = {name: middle(some) for name, some in cells.items()}
    for name, cell in medians.items():
        tell(
            f"    {name:<34} {cell.cpu:>10,.0f} us  {cell.rate:>8,.0f}/s  p50 {cell.p50:7.2f} ms"
            f"  {cell.calls:5.1f} calls  {cell.memory:4.0f} MB"
        )
    return medians
