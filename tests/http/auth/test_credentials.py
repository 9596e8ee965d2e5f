"""Callers who bring credentials of their own."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.caller import Caller
from gateway.context.views import View, Views
from gateway.sandbox.server import SandboxProtocol
from gateway.settings import Secret, SettingError
from schema.types.source import Source
from tests.fixtures import KEEPING, Graph, Running, Sandbox, serve
from tests.http.auth.callers import ALL_STAGES, CREATE, Tenants, credential
from tests.planted import Marked

NAMES = ["ann", "bob"]
LETS = {f"{source.name}_CALLER_CREDENTIALS": "yes" for source in Source}


@pytest.fixture(scope="module")
def tenants() -> Iterator[Sandbox]:
    """The vendors with several customers."""
    with Running(Marked(Tenants(NAMES)), http=SandboxProtocol, lifespan="off") as running:
        sandbox = Sandbox(running.origin)
        sandbox.turn("storyblok.limit", "none")
        yield sandbox
        sandbox.close()


def bring(name: str, *sources: Source) -> dict[str, str]:
    return {f"X-{source.value}-Authorization": credential(name) for source in sources or Source}


async def post(graph: Graph, headers: dict[str, str], query: str = ALL_STAGES, **more: Any) -> Any:
    body = {"query": query, "variables": more}
    return await graph.http.post("/graphql", json=body, headers=headers)


def owners(response: httpx.Response) -> dict[str, set[str]]:
    """Return whose objects each source answered."""
    found: dict[str, set[str]] = {}
    for node in response.json()["data"]["stages"]["nodes"]:
        found.setdefault(node["source"], set()).add(node["name"].rpartition(" ")[2])
    return found


async def test_each_caller_sees_its_own(tenants: Sandbox) -> None:
    async with serve(tenants, **KEEPING, **LETS) as graph:
        for name in (*NAMES, *NAMES, "sandbox", "ann"):
            headers = {} if name == "sandbox" else bring(name)
            answer = await post(graph, headers)
            assert owners(answer) == {source.name: {name} for source in Source}
            assert answer.json()["data"]["stages"]["isComplete"]


async def test_it_may_be_for_one_source_alone(tenants: Sandbox) -> None:
    async with serve(tenants, **KEEPING, **LETS) as graph:
        answer = await post(graph, bring("ann", Source.OUTREACH))
        others = {source.name: {"sandbox"} for source in Source}
        assert owners(answer) == {**others, "OUTREACH": {"ann"}}


async def test_what_it_has_asked_for_is_kept_for_it(tenants: Sandbox) -> None:
    async with serve(tenants, **KEEPING, **LETS) as graph:
        first = await post(graph, bring("ann"))
        tenants.forget()
        assert (await post(graph, bring("ann"))).json() == first.json()
        assert tenants.calls() == 0


async def test_a_bad_one_is_the_sources_answer(tenants: Sandbox) -> None:
    async with serve(tenants, **KEEPING, **LETS) as graph:
        await post(graph, {})
        answer = (await post(graph, bring("nobody", Source.ESPER))).json()["data"]["stages"]
        told = {one["source"]: one["status"] for one in answer["sources"]}
        assert told == {source.name: "OK" for source in Source} | {"ESPER": "UNAUTHENTICATED"}
        assert "ESPER" not in {one["source"] for one in answer["nodes"]}


async def test_writes_go_by_it(tenants: Sandbox) -> None:
    async with serve(tenants, **LETS) as graph:
        made = (await post(graph, bring("bob"), CREATE, name="Pilot")).json()["data"]
        assert made["createStage"]["stage"]["name"] == "Pilot of bob"


async def test_it_is_not_taken_unless_it_is_let(tenants: Sandbox) -> None:
    async with serve(tenants, **KEEPING, ESPER_CALLER_CREDENTIALS="yes") as graph:
        tenants.forget()
        answer = await post(graph, bring("ann", Source.DEVREV))
        assert answer.status_code == 403
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert "STAGEGRAPH_DEVREV_CALLER_CREDENTIALS" in error["message"]
        assert "ann" not in answer.text
        assert tenants.calls() == 0
        assert (await post(graph, bring("ann", Source.ESPER))).status_code == 200


@pytest.mark.parametrize("value", [b"", b"\xc3\xbc", b"x" * 8193, b"tab\there"])
async def test_what_could_not_be_one_is_refused(value: bytes, tenants: Sandbox) -> None:
    async with serve(tenants, **LETS) as graph:
        headers: Any = {"X-DevRev-Authorization": value}
        answer = await post(graph, headers)
        assert answer.status_code == 400, answer.text


async def test_a_source_without_the_operators_credential_takes_callers(tenants: Sandbox) -> None:
    async with serve(tenants, **LETS, DEVREV_TOKEN="") as graph:
        assert "DEVREV" not in owners(await post(graph, {}))
        assert owners(await post(graph, bring("ann")))["DEVREV"] == {"ann"}


async def test_one_that_lacks_more_than_a_credential_stops_the_start(tenants: Sandbox) -> None:
    with pytest.raises(SettingError, match="STAGEGRAPH_ESPER_TENANT"):
        async with serve(tenants, **LETS, ESPER_BASE_URL="", ESPER_TENANT="", ESPER_API_KEY=""):
            pass


class Watched:
    closed = False

    async def close(self) -> None:
        self.closed = True


async def test_views_that_nobody_uses_are_let_go() -> None:
    made: dict[str, Watched] = {}

    def make(caller: Caller) -> View:
        own = made[caller.view] = Watched()
        gateway: Any = None
        return View(gateway, [own])

    def caller(number: int) -> Caller:
        return Caller(credentials={Source.ESPER: Secret(f"Bearer {number}")})

    views = Views(make)
    first = views.of(caller(0))
    with first:
        for number in range(1, 400):
            with views.of(caller(number)):
                pass
        await asyncio.sleep(0)
        assert len([one for one in made.values() if not one.closed]) < 260
        assert not made[caller(0).view].closed, "it is in use"
        assert views.of(caller(0)) is first
    await views.close()
    assert all(one.closed for one in made.values())


def test_callers_are_told_apart_by_their_credentials_and_these_are_shown_nowhere() -> None:
    ann, bob = (Caller(credentials={Source.ESPER: Secret(f"Bearer {one}")}) for one in NAMES)
    devrev = Caller(credentials={Source.DEVREV: Secret("Bearer ann")})
    assert len({one.view for one in (ann, bob, devrev, Caller())}) == 4
    assert len({one.owner for one in (ann, bob, devrev, Caller())}) == 4
    for one in (ann, bob):
        assert "Bearer" not in repr(one)
        assert "ann" not in one.view + one.owner
