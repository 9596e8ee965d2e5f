"""What the queries of `tests/queries/*.md` cost upstream; `make costs` prints it."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from gateway.app import emulator_kinds
from gateway.sandbox.server import SandboxProtocol, create_sandbox
from tests.fixtures import KEEPING, Graph, Running, Sandbox, serve
from tests.planted import Marked

SPECS = sorted(
    path for path in Path(__file__).with_name("queries").glob("*.md") if path.stem != "README"
)
CROWD = 100
"""Equal queries at once."""

_NAMED = re.compile(r"\$(?:(\d+|FIRST)_)?(STAGES|WORKS)_OF_([A-Z]+)(?:_OVER_(\d+))?")


class Spec(NamedTuple):
    """A query and what it costs.

    Attributes:
        name: the file's.
        query: the operation. variables: of it.
        before: an operation that is run before, on the same gateway.
        switches: of the sandbox.
        calls: a line for each call with its count.
        holds: parts of the answer.
    """

    name: str
    query: str
    variables: dict[str, Any]
    before: str | None
    switches: dict[str, str]
    calls: list[str]
    holds: Any


def read_spec(path: Path) -> Spec:
    """Read a file's blocks."""
    blocks = dict(re.findall(r"```([^\n]+)\n(.*?)```", path.read_text(), re.DOTALL))
    return Spec(
        path.stem,
        blocks["graphql"],
        json.loads(blocks.get("json variables", "{}")),
        blocks.get("graphql before"),
        json.loads(blocks.get("json switches", "{}")),
        blocks["calls"].splitlines(),
        json.loads(blocks.get("json holds", "{}")),
    )


class Cost(NamedTuple):
    """What one query costs.

    Attributes:
        cold: calls of one query on a cold gateway. crowd: of many at once, on another cold one.
        again: of the same query once more.
        peak: calls of one source at once, at most.
        data: the answer's.
    """

    cold: list[str]
    crowd: list[str]
    again: list[str]
    peak: int
    data: Any


def made(sandbox: Sandbox) -> list[str]:
    """Return the calls that were counted, a line each."""
    return [
        f"{row['source']} {row['method']} {row['route']} {row['count']}"
        for row in sandbox.requests()
    ]


async def measure(spec: Spec, sandbox: Sandbox, crowd: int = CROWD) -> Cost:
    """Run a query alone, in a crowd, and again."""
    for name, position in spec.switches.items():
        sandbox.turn(name, position)
    async with serve(sandbox, **KEEPING) as graph:
        variables = {name: await named(graph, value) for name, value in spec.variables.items()}
    async with _cold(spec, sandbox, variables) as graph:
        data = await graph.data(spec.query, **variables)
        cold, peak = made(sandbox), max((row["peak"] for row in sandbox.requests()), default=0)
        sandbox.forget()
        await graph.data(spec.query, **variables)
        again = made(sandbox)
    async with _cold(spec, sandbox, variables) as graph:
        await asyncio.gather(*(graph.data(spec.query, **variables) for _ in range(crowd)))
        crowded = made(sandbox)
    return Cost(cold, crowded, again, peak, data)


@asynccontextmanager
async def _cold(spec: Spec, sandbox: Sandbox, variables: dict[str, Any]) -> AsyncIterator[Graph]:
    async with serve(sandbox, **KEEPING, DEADLINE="60") as graph:
        if spec.before:
            used = {name: one for name, one in variables.items() if f"${name}" in spec.before}
            await graph.data(spec.before, **used)
        sandbox.forget()
        yield graph


async def named(graph: Graph, value: Any) -> Any:
    """Return the ids that a variable names, such as "$12_STAGES_OF_ESPER_OVER_3"."""
    match = _NAMED.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    count, many, source, processes = match.groups()
    ids = await _ids(graph, many.lower(), source)
    if count == "FIRST":
        return ids[0][0]
    if processes:
        ids = _spread(ids, int(processes), int(count) // int(processes))
    return [one for one, _ in ids][: int(count) if count else None]


async def _ids(graph: Graph, many: str, source: str) -> list[tuple[str, str | None]]:
    more = "... on Stage { process { id } }" if many == "stages" else ""
    query = f"{{ {many}(first: 200, filter: {{sources: [{source}]}}) {{ nodes {{ id {more} }} }} }}"
    rows = (await graph.data(query))[many]["nodes"]
    return [(row["id"], (row.get("process") or {}).get("id")) for row in rows]


def _spread(
    ids: Sequence[tuple[str, str | None]], groups: int, each: int
) -> list[tuple[str, str | None]]:
    """Take so many of each of some processes that have so many."""
    sizes = Counter(process for _, process in ids)
    chosen = [process for process, size in sizes.items() if size >= each][:groups]
    return [pair for process in chosen for pair in [one for one in ids if one[1] == process][:each]]


def holds(part: Any, whole: Any) -> bool:
    """Tell whether an answer has a part."""
    if isinstance(part, dict):
        return all(name in whole and holds(one, whole[name]) for name, one in part.items())
    return part == whole


def main() -> None:
    """Print what every query costs."""
    app = Marked(create_sandbox(emulator_kinds()))
    with Running(app, http=SandboxProtocol, lifespan="off") as running:
        for path in SPECS:
            spec, sandbox = read_spec(path), Sandbox(running.origin)
            sandbox.reset()
            sandbox.turn("storyblok.limit", "none")
            cost = asyncio.run(measure(spec, sandbox))
            sandbox.close()
            print(f"{spec.name}: {_as_told(cost.cold, spec.calls)}")  # noqa: T201 - its purpose
            for line in sorted(cost.cold):
                print(f"  {line}")  # noqa: T201
            print(f"  {CROWD} at once: {_as_told(cost.crowd, spec.calls)}")  # noqa: T201
            print(f"  again: {len(cost.again)}; at most {cost.peak} at once")  # noqa: T201


def _as_told(calls: list[str], told: list[str]) -> str:
    total = sum(int(line.rsplit(" ", 1)[1]) for line in calls)
    return f"{total} calls" + ("" if sorted(calls) == sorted(told) else ", not as it says")


if __name__ == "__main__":
    main()
