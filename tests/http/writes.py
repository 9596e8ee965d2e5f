"""The table of every write that the graph has, and how one is done and looked at."""

import os
from collections.abc import Mapping
from typing import Any

import pytest

from gateway.sandbox.emulator import TOKEN
from tests.fixtures import Graph, Sandbox
from tests.http.asking import Asked, Row, Write
from tests.http.writes_devrev import DEVREV
from tests.http.writes_esper import ESPER, OUTREACH
from tests.http.writes_storyblok import STORYBLOK

WRITES = [*DEVREV, *OUTREACH, *ESPER, *STORYBLOK]

ERRORS = """errors {
  __typename code message path source isRetryable
  ... on UpstreamError { outcome upstreamStatus retryAfterSeconds }
  ... on IdempotencyError { key }
}"""

EVERY = os.environ.get("EVERY_FAULT") == "1"
"""Whether faults that take long strike every write; else one of each source."""

FEW = {"createStage-outreach", "updateStage-esper", "moveWork-devrev", "deleteStage-storyblok"}

DEADLINE = "1.5"
"""Seconds of a source where a fault takes long: what the busiest machine needs without it."""

_LOOKS = 5
"""Times that a list is asked for, as a busy machine may miss the deadline."""

SECRETS = ("://", "127.0.0.1", TOKEN, "Traceback", "\\n", "httpx", "Sign in", "elsewhere/")
"""What no answer shows under a fault."""

every_write = pytest.mark.parametrize("write", WRITES, ids=lambda one: one.name)


def text(write: Write, selection: str = "id") -> str:
    """Return the mutation's text; of the object it selects what is told."""
    kind = write.mutation[0].upper() + write.mutation[1:]
    its = write.field if write.is_gone else f"{write.field} {{ {selection} }}"
    return (
        f"mutation($input: {kind}Input!) {{ {write.mutation}(input: $input) {{ {its} {ERRORS} }} }}"
    )


async def do(
    graph: Graph, write: Write, asked: Asked, *, key: str | None = None, selection: str = "id"
) -> Row:
    """Write, and return the payload; nothing but the payload may tell of an error."""
    keyed = asked.input if key is None else {**asked.input, "idempotencyKey": key}
    return (await graph.data(text(write, selection), input=keyed))[write.mutation]


def object_of(write: Write, payload: Row) -> str | None:
    """Return the global id that a payload tells."""
    its: Any = payload[write.field]
    return its if write.is_gone or its is None else its["id"]


def calls(sandbox: Sandbox, write: Write) -> tuple[int, int]:
    """Return how many of a write's calls the vendor got, and how many it applied."""
    rows = [
        row
        for row in sandbox.requests(write.source.value)
        if (row["method"], row["route"]) == write.call
    ]
    return sum(row["count"] for row in rows), sum(row["applied"] for row in rows)


async def shown(graph: Graph, write: Write, asked: Asked) -> Mapping[str, Row]:
    """Return the list of the graph that shows a write: rows by id."""
    query = f"{{ rows: {asked.rows} {{ isComplete totalCount nodes {{ id {write.mark} }} }} }}"
    for _ in range(_LOOKS):
        rows = (await graph.data(query))["rows"]
        if rows["isComplete"]:
            break
    assert rows["isComplete"]
    assert rows["totalCount"] == len(rows["nodes"])
    return {row.pop("id"): row for row in rows["nodes"]}


def want(
    before: Mapping[str, Row], after: Mapping[str, Row], write: Write, asked: Asked, applied: int
) -> str | None:
    """Want that a list shows what was applied and nothing else; return the object's id."""
    new = set(after) - set(before)
    if not applied:
        assert after == before
        return asked.id
    if asked.id is None:
        [made] = new
        assert after == {**before, made: asked.shown}
        return made
    if asked.shown is None:
        assert asked.id in before
        assert after == {name: row for name, row in before.items() if name != asked.id}
        return asked.id
    assert before[asked.id] != asked.shown, f"{write.name} changes nothing that is shown"
    assert after == {**before, asked.id: asked.shown}
    return asked.id
