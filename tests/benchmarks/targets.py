"""What the figures are to be, and whether they are."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tests.benchmarks import rivals, servers
from tests.benchmarks.cells import Cell
from tests.benchmarks.growth import Growth
from tests.benchmarks.life import Life

Cells = Mapping[str, Mapping[str, Cell]]

EXECUTED = {
    "W1": (25, 1.0),
    "W2": (35, 1.0),
    "W2c": (50, 2.0),
    "W3": (15, 1.0),
    "W4": (30, 1.8),
    "W6": (12, 1.0),
}
"""By workload: at least so many times the gateway's CPU take Strawberry and Mercurius."""

WHOLE = {"W1": (70, 2.5), "W2": (200, 4.5), "W4": (150, 10.0)}
"""The same where answers are kept whole."""

FIRST = {"W5": (14, 0.8)}
"""The same, of the gateway as it comes."""

FLOORS = {"W1": 1.4, "W5": 1.6}
"""The gateway, as it comes, takes at most so many times the CPU of a constant."""

MOST_CALLS = 3
_MS_AFTER_SLOWEST = 2.0
_RAW_CALLS = 2.0
_START_SECONDS = 1.5
_MEGABYTES = 120
_FLAT = 1.25


class Target(NamedTuple):
    """One figure.

    Attributes:
        what: it tells.
        goal: in words.
        measured: in words.
        is_met: whether the goal is reached.
    """

    what: str
    goal: str
    measured: str
    is_met: bool


def _at_least(what: str, ratio: float, goal: float) -> Target:
    return Target(what, f"{goal:g}x or more", f"{ratio:.2f}x", ratio >= goal)


def _at_most(what: str, figure: float, goal: float, unit: str) -> Target:
    return Target(what, f"{goal:g}{unit} or less", f"{figure:.2f}{unit}", figure <= goal)


def of_cells(cells: Cells) -> Iterator[Target]:
    """Return the targets of workloads that were measured.

    Args:
        cells: by workload and server.
    """
    for goals, names, how in (
        (EXECUTED, [servers.GATEWAY], "executed"),
        (WHOLE, [servers.WHOLE], "kept whole"),
        (FIRST, [servers.WHOLE, servers.GATEWAY], "as it comes"),
    ):
        for workload, pair in goals.items():
            some = cells.get(workload, {})
            own = next((some[name] for name in names if name in some), None)
            for peer, goal in zip((rivals.STRAWBERRY, rivals.MERCURIUS), pair, strict=True):
                if own and peer in some:
                    what = f"{workload} {how}: CPU of {peer} by the gateway's"
                    yield _at_least(what, some[peer].cpu / own.cpu, goal)
    for workload, most in FLOORS.items():
        some = cells.get(workload, {})
        own = some.get(servers.WHOLE) or some.get(servers.GATEWAY)
        if own:
            what = f"{workload} as it comes: CPU by that of a constant"
            yield _at_most(what, own.cpu / some[servers.CONSTANT].cpu, most, "x")
    if "W2c" in cells:
        calls = cells["W2c"][servers.GATEWAY].calls
        yield _at_most("W2c: upstream calls", calls, MOST_CALLS, "")
    if "W3" in cells:
        some = cells["W3"]
        late = some[servers.GATEWAY].p50 - some[servers.RELAY].p50
        yield _at_most("W3: p50 after the slowest source", late, _MS_AFTER_SLOWEST, " ms")


def of_life(life: Life) -> Iterator[Target]:
    """Return the targets of what was measured once."""
    yield _at_most("start to first answer", life.start, _START_SECONDS, " s")
    yield _at_most("memory after all workloads", life.memory, _MEGABYTES, " MB")
    ratio = life.call / life.raw
    yield _at_most("one upstream call: CPU by that of raw aiohttp", ratio, _RAW_CALLS, "x")
    goal = f"{life.alone}, as of one caller"
    what = "upstream calls of 1,000 callers of one cold query"
    yield Target(what, goal, str(life.crowd), life.crowd == life.alone)


def of_growth(growth: Growth) -> Iterator[Target]:
    """Return the target of the growth with the number of objects."""
    if growth.per:
        each = {n: cell.cpu / n for n, (_, cell) in zip(growth.per, growth.steps, strict=True)}
        what = "CPU of an object among 10,000 by that of one among 100"
        yield _at_most(what, each[10_000] / each[100], _FLAT, "x")
