"""Nothing of one caller's reaches another, whatever they ask, fail and write at the same time.

`OPERATIONS=100000 pytest tests/http/auth/test_apart.py` asks more.
"""

import asyncio
import json
import os
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gateway.sandbox.server import SandboxProtocol
from schema.types.source import Source
from tests.fixtures import Graph, Running, Sandbox, emptied, serve
from tests.http.auth.callers import Tenants, credential, keys_file, shown
from tests.planted import Marked

OPERATIONS = int(os.environ.get("OPERATIONS", "1500"))
AT_ONCE = 24

CUSTOMERS = [f"c{number}" for number in range(6)]
ROLES: Mapping[str, Sequence[str]] = {
    "all": ["read", "write"],
    "reader": ["read"],
    "half": ["outreach:write", "storyblok:read"],
}
SEES = {"all": set(Source), "reader": set(Source), "half": {Source.OUTREACH, Source.STORYBLOK}}

FAULTS: Sequence[Mapping[str, Any]] = [
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 429, "retry_after": 0},
    {"kind": "reset"},
    {"kind": "garbage"},
    {"kind": "latency", "seconds": 0.05},
    {"kind": "truncate"},
    {"kind": "drop"},
    {"kind": "null_field"},
]

NODES = "nodes { id source name }"
STAGES = f"""query($sources: [Source!]) {{
  stages(first: 60, filter: {{sources: $sources}}) {{ {NODES} isComplete }} }}"""
WORKS = "{ works(first: 5) { nodes { id source title stage { id source name } } } }"
PROCESSES = f"{{ pipelines(first: 5) {{ {NODES} }} workflows(first: 5) {{ {NODES} }} }}"
ONE = "query($id: ID!) { node(id: $id) { __typename ... on Stage { id source name } } }"
CHANGE = """mutation($id: ID!, $name: String!) { updateStage(input: {id: $id, name: $name}) {
  stage { id source name } errors { code } } }"""


class Principal(NamedTuple):
    """Who asks: a key, and for some sources a customer of its own."""

    key: str
    own: Mapping[Source, str]

    @property
    def headers(self) -> dict[str, str]:
        brought = {f"X-{one.value}-Authorization": credential(who) for one, who in self.own.items()}
        return {**shown(self.key), **brought}

    def owner(self, source: Source) -> str | None:
        """Return whose objects it must see; None where it must see none."""
        return self.own.get(source, "sandbox") if source in SEES[self.key] else None


@pytest.fixture(scope="module")
def tenants() -> Iterator[Sandbox]:
    """The vendors with several customers."""
    with Running(Marked(Tenants(CUSTOMERS)), http=SandboxProtocol, lifespan="off") as running:
        sandbox = Sandbox(running.origin)
        sandbox.turn("storyblok.limit", "none")
        yield sandbox
        sandbox.close()


def drawn(dice: random.Random) -> list[Principal]:
    """Draw who asks: some bring no credential, some the same ones."""
    found = [Principal(key, {}) for key in ROLES]
    for _ in range(20):
        some = dice.sample(list(Source), dice.randint(1, 4))
        found.append(
            Principal(dice.choice(list(ROLES)), {source: dice.choice(CUSTOMERS) for source in some})
        )
    return found


def nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield all objects of an answer that tell their source."""
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)
    if isinstance(value, dict):
        if "source" in value:
            yield value
        for one in value.values():
            yield from nodes(one)


class Crowd:
    """Principals who ask at once, and what they have seen."""

    def __init__(self, graph: Graph, tenants: Sandbox, seed: int) -> None:
        self._graph = graph
        self._tenants = tenants
        self._dice = random.Random(seed)  # noqa: S311 - the same in every run
        self._principals = drawn(self._dice)
        self._ids: list[str] = []
        self.seen = 0
        self.failed = 0

    async def run(self, operations: int) -> None:
        for start in range(0, operations, AT_ONCE):
            await self._disturb()
            await asyncio.gather(*(self._one() for _ in range(min(AT_ONCE, operations - start))))

    async def _disturb(self) -> None:
        if self._dice.random() < 0.6:
            fault = {**self._dice.choice(FAULTS), "times": self._dice.randint(1, 20)}
            source = self._dice.choice(list(Source)).value
            await asyncio.to_thread(self._tenants.fault, source, **fault)
        elif self._dice.random() < 0.6:
            await asyncio.to_thread(self._tenants.heal)

    async def _one(self) -> None:
        dice = self._dice
        who, kind = dice.choice(self._principals), dice.random()
        variables: dict[str, Any] = {}
        if kind < 0.4 or not self._ids:
            text = STAGES
            some = dice.sample(list(Source), dice.randint(1, 4))
            variables["sources"] = [one.name for one in some]
        elif kind < 0.75:
            text, variables = ONE, {"id": dice.choice(self._ids)}
        elif kind < 0.95:
            text = dice.choice([WORKS, PROCESSES])
        else:
            text, variables = CHANGE, {"id": dice.choice(self._ids), "name": f"N{dice.random()}"}
        body = {"query": text, "variables": variables}
        response = await self._graph.http.post("/graphql", json=body, headers=who.headers)
        assert response.status_code == 200, response.text
        self._judge(who, response.json())

    def _judge(self, who: Principal, answer: Any) -> None:
        is_cut_short = '"isComplete": false' in json.dumps(answer)
        self.failed += "errors" in answer or (is_cut_short and SEES[who.key] == set(Source))
        for node in nodes(answer.get("data")):
            source = Source[node["source"]]
            name = node.get("name") or node.get("title")
            if node.keys() <= {"source", "status", "error"} or name is None:
                continue
            self.seen += 1
            assert name.endswith(f" of {who.owner(source)}"), (who, node)
            if "name" in node and len(self._ids) < 500:
                self._ids.append(node["id"])


def hurried() -> datetime:
    """Return the time of a clock on which much is over soon."""
    return datetime.fromtimestamp(10 * time.time() % 10**9, UTC)


@pytest.mark.parametrize("store", ["memory", "redis"])
async def test_nothing_is_mixed(
    store: str, tenants: Sandbox, tmp_path: Path, redis_url: str
) -> None:
    settings = {
        "AUTH": "api-key",
        "API_KEYS_FILE": keys_file(tmp_path, **ROLES),
        "DEADLINE": "30",
        "STALE": "1",  # some failures show, and some do not
    }
    settings |= {f"{source.name}_CALLER_CREDENTIALS": "yes" for source in Source}
    settings |= {f"{source.name}_TTL": "1" for source in Source}
    if store == "redis":
        await emptied(redis_url)
        settings["CACHE_URL"] = redis_url
    tenants.heal()
    async with serve(tenants, now=hurried, **settings) as graph:
        crowd = Crowd(graph, tenants, seed=len(store))
        await crowd.run(OPERATIONS // 2)
    tenants.heal()
    assert crowd.seen > 5 * OPERATIONS
    assert crowd.failed > OPERATIONS / 100
