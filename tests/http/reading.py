"""What the tests of reads under faults share: how a row of the table is asked for, and judged."""

import asyncio
from collections.abc import Callable

import pytest

from tests.fixtures import Graph
from tests.http.asking import Row
from tests.http.conftest import Seeds
from tests.http.reads import Read
from tests.http.writes import SECRETS

LATE = 0.1
"""Seconds after the deadline by which an answer is there."""

TRIES = 3
"""Times that a late answer may be asked for: the machine may have been busy."""


async def ask(graph: Graph, read: Read, seeds: Seeds) -> tuple[Row, str]:
    """Return an answer, and its text."""
    ids = {} if read.of is None else {"id": read.of(seeds[read.source])}
    response = await graph.http.post("/graphql", json={"query": read.query, "variables": ids})
    assert response.status_code == 200
    return response.json(), response.text


async def whole(graph: Graph, read: Read, seeds: Seeds) -> Row:
    """Return an answer that has all that was asked for."""
    answer, _ = await ask(graph, read, seeds)
    assert "errors" not in answer
    data = answer["data"]
    assert data["struck"]
    assert data["healthy"]["nodes"]
    assert all(one["isComplete"] for one in data.values() if "isComplete" in one)
    return data


async def in_time(
    graph: Graph,
    read: Read,
    seeds: Seeds,
    deadline: float,
    begin: Callable[[], object] = lambda: None,
) -> Row:
    """Return an answer that is there by the deadline, and shows nothing of the vendor's.

    Args:
        graph: the gateway.
        read: what is asked.
        seeds: have the ids.
        deadline: in seconds.
        begin: called before each try.
    """
    loop = asyncio.get_running_loop()
    took = []
    for _ in range(TRIES):
        begin()
        started = loop.time()
        answer, text = await ask(graph, read, seeds)
        took.append(loop.time() - started)
        for secret in SECRETS:
            assert secret not in text
        if took[-1] <= deadline + LATE:
            return answer
    pytest.fail(f"late: {took}")
