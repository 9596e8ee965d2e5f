"""A gateway over the sandboxes for as long as one likes: mixed queries, writes, and faults.

`make soak MINUTES=10`, or `python -m tests.benchmarks.soak --minutes 10`. Every ten seconds it
prints what was asked, and the gateway's memory, open files and CPU; at the end it says whether the
gateway grew, answered everything, and was well once the faults were over.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
from graphql import OperationDefinitionNode, parse

from gateway.app import emulator_kinds
from gateway.http import explorer
from schema.types.source import Source
from tests.benchmarks import machine, servers
from tests.benchmarks.process import Process, asked
from tests.costs import SPECS, read_spec

CALLERS = 16
_EVERY = 10.0
_SETTLED = 0.3
"""The share of the time after which memory is no longer expected to grow."""

_MOST_GROWTH = 0.25
_MOST_MEGABYTES = 24.0
"""What it may grow by all the same: a quarter, and so many MB."""

_HEALED = 0.5
"""The share of faults after which all are removed for some seconds."""

_CACHE_BYTES = 32_000_000
"""Small, so that it is full early on and all else that grows can be seen."""

_FAULTS: Sequence[Mapping[str, Any]] = [
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 429, "retry_after": 1},
    {"kind": "status", "status": 401},
    {"kind": "reset"},
    {"kind": "truncate"},
    {"kind": "garbage"},
    {"kind": "html"},
    {"kind": "latency", "seconds": 0.5},
    {"kind": "hang"},
    {"kind": "endless"},
    {"kind": "gzip_bomb"},
    {"kind": "null_field"},
    {"kind": "wrong_type"},
    {"kind": "drop"},
]

_CREATE = (
    "mutation($name: String!) { createStage(input: {stage: {outreach: {name: $name, position: 9}}})"
    " { stage { id } errors { code } } }"
)
_DELETE = "mutation($id: ID!) { deleteStage(input: {id: $id}) { deletedId errors { code } } }"


class Seen(NamedTuple):
    """The gateway at one moment.

    Attributes:
        seconds: since the start.
        requests: so far. failed: those of them that were no answer of GraphQL's.
        megabytes: of memory. files: open ones, connections among them.
    """

    seconds: float
    requests: int
    failed: int
    megabytes: float
    files: int


def queries() -> list[Mapping[str, Any]]:
    """Return what is asked: the specs that need no ids, and the explorer's examples."""
    specs = [read_spec(path) for path in SPECS]
    found: list[Mapping[str, Any]] = [{"query": one.query} for one in specs if not one.variables]
    text = (Path(explorer.__file__).parent / "page/examples.graphql").read_text()
    for node in parse(text).definitions:
        is_query = isinstance(node, OperationDefinitionNode) and node.operation.value == "query"
        if is_query and node.name and not node.variable_definitions:
            found.append({"query": text, "operationName": node.name.value})
    return found


class Soak:
    """Asks, disturbs and watches.

    Args:
        gateway: is asked.
        sandbox: the sandboxes' address.
        seconds: for which.
    """

    def __init__(self, gateway: servers.Server, sandbox: str, seconds: float) -> None:
        self._gateway = gateway
        self._sandbox = sandbox
        self._started = time.monotonic()
        self._until = self._started + seconds
        self._dice = random.Random(7)  # noqa: S311 - the same in every run
        self._queries = queries()
        self._statuses: Counter[str] = Counter()
        self._made: list[str] = []

    async def run(self) -> list[Seen]:
        """Return what was seen on the way."""
        limits = httpx.Limits(max_connections=CALLERS)
        async with httpx.AsyncClient(
            base_url=self._gateway.origin, timeout=60, trust_env=False, limits=limits
        ) as client:
            asking = [asyncio.create_task(self._ask(client)) for _ in range(CALLERS)]
            disturbing = asyncio.create_task(self._disturb())
            seen = await self._watch()
            await asyncio.gather(*asking, disturbing)
        return seen

    async def _ask(self, client: httpx.AsyncClient) -> None:
        while time.monotonic() < self._until:
            try:
                response = await client.post("/graphql", json=self._drawn())
            except httpx.HTTPError as error:
                self._statuses[type(error).__name__] += 1
                continue
            self._statuses[str(response.status_code)] += 1
            answer = msgspec.json.decode(response.content)
            made = ((answer.get("data") or {}).get("createStage") or {}).get("stage")
            if made:
                self._made.append(made["id"])

    def _drawn(self) -> Mapping[str, Any]:
        chance = self._dice.random()
        if chance < 0.02:
            return {"query": _CREATE, "variables": {"name": f"Soaked {self._dice.random()}"}}
        if chance < 0.04 and self._made:
            return {"query": _DELETE, "variables": {"id": self._made.pop()}}
        if chance < 0.3:  # a document that was never seen
            return {"query": f"{{ a{self._dice.randrange(10**9)}: __typename stages(first: 5) "
                             "{ nodes { id name updatedAt } } }"}  # fmt: skip
        return self._dice.choice(self._queries)

    async def _disturb(self) -> None:
        """Set faults and remove them; the last fifth of the time is free of them."""
        calm = self._until - (self._until - self._started) / 5
        while time.monotonic() < calm:
            source = self._dice.choice(list(Source)).value
            fault = {**self._dice.choice(_FAULTS), "times": self._dice.randint(1, 20)}
            await asyncio.to_thread(
                asked, self._sandbox, "/_sandbox/faults", {"source": source, **fault}
            )
            await asyncio.sleep(2 * self._dice.random())
            if self._dice.random() < _HEALED:
                await asyncio.to_thread(asked, self._sandbox, "/_sandbox/faults", method="DELETE")
                await asyncio.sleep(5 * self._dice.random())
        await asyncio.to_thread(asked, self._sandbox, "/_sandbox/faults", method="DELETE")

    async def _watch(self) -> list[Seen]:
        seen: list[Seen] = []
        while time.monotonic() < self._until:
            await asyncio.sleep(min(_EVERY, self._until - time.monotonic()))
            seen.append(self._look())
            print(f"{seen[-1].seconds:7.0f} s {seen[-1].requests:9,} requests "  # noqa: T201
                  f"{seen[-1].megabytes:6.0f} MB {seen[-1].files:4} files  "
                  f"{dict(self._statuses)}", flush=True)  # fmt: skip
        return seen

    def _look(self) -> Seen:
        pid = self._gateway.process.pid
        return Seen(
            seconds=time.monotonic() - self._started,
            requests=self._statuses.total(),
            failed=self._statuses.total() - self._statuses["200"],
            megabytes=machine.resident(pid),
            files=len(list(Path(f"/proc/{pid}/fd").iterdir())),
        )


def verdict(seen: Sequence[Seen]) -> list[str]:
    """Return what is wrong; nothing if the gateway kept well."""
    wrong: list[str] = []
    settled = [one for one in seen if one.seconds >= _SETTLED * seen[-1].seconds]
    first, last = settled[0], seen[-1]
    growth = last.megabytes - first.megabytes
    if growth > _MOST_MEGABYTES and growth > _MOST_GROWTH * first.megabytes:
        wrong.append(f"memory grew from {first.megabytes:.0f} to {last.megabytes:.0f} MB")
    if last.files > 2 * max(first.files, 50):
        wrong.append(f"open files grew from {first.files} to {last.files}")
    if last.failed:
        wrong.append(f"{last.failed} of {last.requests} requests were not answered with 200")
    return wrong


def _soak(seconds: float) -> list[str]:
    _, load = machine.cores()
    with Process([sys.executable, "-m", "gateway", "sandbox", "--port", "0"], load) as process:
        sandbox = process.first_line("Handles").split("/_sandbox")[0]
        asked(sandbox, "/_sandbox/switches", {"storyblok.limit": "none"}, "PATCH")
        sources = {one.source: dict(one.settings(sandbox)) for one in emulator_kinds()}
        settings = servers.gateway_settings(sources, is_whole=True, ttl="5")
        settings |= {"STAGEGRAPH_DEADLINE": "2", "STAGEGRAPH_CACHE_BYTES": str(_CACHE_BYTES)}
        gateway = servers.start_gateway(settings)
        with gateway.process:
            machine.bind_to_load()
            seen = asyncio.run(Soak(gateway, sandbox, seconds).run())
            wrong = verdict(seen)
            last = asked(gateway.origin, "/graphql", {"query": "{ stages { isComplete } }"})
            if not last["data"]["stages"]["isComplete"]:
                wrong.append("after the faults a list is not complete")
            if "Traceback" in gateway.process.said():
                wrong.append("the gateway has logged a traceback")
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    wrong = _soak(60 * parser.parse_args().minutes)
    print("\n".join(wrong) or "The gateway kept well.")  # noqa: T201
    sys.exit(bool(wrong))
