"""An open gateway is this machine's alone, whatever names others let lead to it."""

import pytest

from tests.fixtures import Sandbox, serve

BODY = {"query": "{ __typename }"}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8000",
        "127.8.8.8",
        "localhost",
        "LOCALHOST:80",
        "[::1]",
        "[::1]:8000",
    ],
)
async def test_this_machine_asks(host: str, sandbox: Sandbox) -> None:
    async with serve(sandbox) as graph:
        assert (await graph.http.post("/graphql", json=BODY, headers={"Host": host})).is_success


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "",
     "10.0.0.1", "[::2]:8000", "127.0.0.1@evil.example", "::::", "\xff"],
)  # fmt: skip
async def test_a_foreign_name_is_refused(host: str, sandbox: Sandbox) -> None:
    async with serve(sandbox) as graph:
        headers = [(b"host", host.encode("latin-1"))]
        answer = await graph.http.post("/graphql", json=BODY, headers=headers)
        assert answer.status_code == 421
        assert "STAGEGRAPH_ALLOW_OPEN" in answer.json()["errors"][0]["message"]


async def test_an_operator_may_open_it(sandbox: Sandbox) -> None:
    async with serve(sandbox, ALLOW_OPEN="yes") as graph:
        headers = {"Host": "graph.example"}
        assert (await graph.http.post("/graphql", json=BODY, headers=headers)).is_success
