"""Writes the results as Markdown."""

import json
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import NamedTuple

from tests.benchmarks import machine, rivals, servers
from tests.benchmarks.cells import Cell
from tests.benchmarks.growth import Growth
from tests.benchmarks.life import Life
from tests.benchmarks.targets import Cells, Target, of_cells, of_growth, of_life
from tests.benchmarks.workloads import WORKLOADS

_PYTHON = ("strawberry-graphql", "uvicorn", "uvloop", "httptools", "httpx", "aiohttp")
_NODE = ("mercurius", "graphql", "fastify", "dataloader", "undici")


class Results(NamedTuple):
    """All that was measured.

    Attributes:
        cells: by workload and server.
        life: what was measured once; None if it was not.
        growths: tables of how cost grows.
        others: how many other processes wanted a core before.
    """

    cells: Cells
    life: Life | None
    growths: Sequence[Growth]
    others: float = 0.0

    def targets(self) -> list[Target]:
        """Return the targets of what was measured."""
        found = list(of_cells(self.cells))
        found += of_life(self.life) if self.life else ()
        for growth in self.growths:
            found += of_growth(growth)
        return found


def number(figure: float) -> str:
    """Write a figure with no more digits than it deserves."""
    if figure >= 100:
        return f"{figure:,.0f}"
    if figure >= 10:
        return f"{figure:.1f}"
    return f"{figure:.2f}" if figure >= 0.1 else f"{figure:.1g}"


def rows(head: Sequence[str], body: Sequence[Sequence[str]], texts: int = 1) -> Iterator[str]:
    """Write a table, the first columns of which are texts."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * texts}{'---:|' * (len(head) - texts)}"
    for row in body:
        yield f"| {' | '.join(row)} |"


def versions() -> str:
    """Return what was measured, and on what."""
    python = ", ".join(f"{name} {version(name)}" for name in _PYTHON)
    said = [f"{machine.described()}.", f"Python {platform.python_version()}: {python}."]
    node = machine.node_version()
    if node is not None:
        locked = json.loads((rivals.FOLDER / "mercurius" / "package.json").read_text())
        named = ", ".join(f"{name} {locked['dependencies'][name]}" for name in _NODE)
        said.append(f"Node.js {node}: {named}.")
    return " ".join(said)


def _busy(others: float) -> str:
    if others < 0.5:
        return "Nothing else ran on the machine."
    return (
        f"Before, {others:.1f} other processes wanted a core on average: latencies and requests "
        "per second tell of them too."
    )


def _cells(name: str, cells: dict[str, Cell]) -> Iterator[str]:
    workload = WORKLOADS[name]
    own = cells[servers.GATEWAY].cpu
    yield f"### {name}: {workload.title}"
    yield ""
    callers = "one caller" if workload.callers == 1 else f"{workload.callers} callers at once"
    yield f"With {callers}."
    yield ""
    head = ["", "CPU, us", "by the gateway's", "requests/s", "p50, ms", "p99, ms", "calls", "MB"]
    body = [
        [
            server,
            number(cell.cpu),
            f"{number(cell.cpu / own)}x",
            number(cell.rate),
            number(cell.p50),
            number(cell.p99),
            f"{cell.calls:g}",
            f"{cell.memory:.0f}",
        ]
        for server, cell in cells.items()
    ]
    yield from rows(head, body)
    yield ""


def _growth(growth: Growth) -> Iterator[str]:
    yield f"### {growth.title}"
    yield ""
    head = [growth.what, "CPU, us", "requests/s", "p50, ms", "p99, ms", "calls"]
    body = [
        [
            step,
            number(cell.cpu),
            number(cell.rate),
            number(cell.p50),
            number(cell.p99),
            f"{cell.calls:g}",
        ]
        for step, cell in growth.steps
    ]
    if growth.per:
        head.append("CPU of each, us")
        for row, (_, cell), count in zip(body, growth.steps, growth.per, strict=True):
            row.append(number(cell.cpu / count))
    yield from rows(head, body)
    yield ""


def _life(life: Life) -> Iterator[str]:
    body = [
        ["start to first answer", f"{life.start:.2f} s, of which {life.start_cpu:.2f} s of CPU"],
        ["memory after all workloads", f"{life.memory:.0f} MB"],
        ["upstream calls of W2c, one caller", str(life.alone)],
        ["upstream calls of W2c, 1,000 callers at once", str(life.crowd)],
        ["one small upstream call of the gateway's", f"{life.call:.0f} us of CPU"],
        ["the same by aiohttp, not even decoded", f"{life.raw:.0f} us of CPU"],
    ]
    yield "## Once"
    yield ""
    yield from rows(["", "measured"], body)
    yield ""


def _targets(targets: Sequence[Target]) -> Iterator[str]:
    yield "## Targets"
    yield ""
    met = [[one.what, one.goal, one.measured, "yes" if one.is_met else "no"] for one in targets]
    yield from rows(["", "target", "measured", "met"], met, texts=2)
    yield ""


def markdown(results: Results) -> str:
    """Return all tables."""
    lines = ["# What the benchmark measured", "", "Written by `make bench`; see README.md.", ""]
    lines += [versions(), _busy(results.others), ""]
    if results.cells:
        lines += ["## Workloads", ""]
    for name, cells in results.cells.items():
        lines += _cells(name, dict(cells))
    if results.life:
        lines += _life(results.life)
    if results.growths:
        lines += ["## Growth", ""]
    for growth in results.growths:
        lines += _growth(growth)
    lines += _targets(results.targets())
    return "\n".join(lines).rstrip() + "\n"
