"""Which space a write goes to, and what it makes the gateway forget."""

from typing import Any, cast

import pytest

from gateway import errors
from gateway.adapter import StageAsk
from gateway.sources.storyblok import Storyblok
from gateway.sources.storyblok.tests.asking import ids_of, key
from gateway.sources.storyblok.tests.planning import (
    FLOW,
    STAGE,
    copy,
    create,
    flow_key,
    fresh,
    looked,
    new_flow,
    rows,
    sent,
    told,
    update,
)
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox


def connected(connect: Connect, **more: Any) -> Storyblok:
    return cast("Storyblok", connect(Source.STORYBLOK, **more))


def space_of(sandbox: Sandbox, made: GlobalId) -> str:
    found = sandbox.state("storyblok")["stages_by_space"].items()
    [space] = [number for number, own in found if int(made.source_id) in [r["id"] for r in own]]
    return space


@pytest.mark.parametrize("spaces", ["1001,1002", None])
async def test_an_id_tells_the_space(connect: Connect, sandbox: Sandbox, spaces: Any) -> None:
    adapter = connected(connect, **({"spaces": spaces} if spaces else {"spaces": None}))
    state = sandbox.state("storyblok")
    there = [one for one in state["workflows"] if str(one["id"]) in rows(sandbox, "workflows")][6:]
    flow, stage = there[1], state["stages_by_space"]["1002"][0]
    person = next(one for one in state["people"] if one["space_id"] == 1002)["user_id"]
    for place, given in enumerate(
        (
            {"space_source_id": "1002"},
            {"workflow_id": str(flow_key(flow["id"], "1002"))},
            {"after_publish_id": str(key("1002", stage["id"])), "workflow_id": str(flow["id"])},
            {"user_ids": [str(person), str(key("1002", person, Kind.PERSON))]},
        )
    ):
        plan = create(adapter, name=f"n{place}", color=f"c{place}", **given)
        made = await sent(plan)
        assert made.key.scope == space_of(sandbox, made.key) == "1002"
        assert await looked(plan) == [made.key]
    plan = new_flow(adapter, space_source_id="1002")
    assert (await sent(plan)).key.scope == "1002"
    assert plan.holder == (key("", 1002, Kind.SPACE), (*FLOW, "spaceSourceId"))
    near = {"name": "x", "color": "x", "next_stage_ids": [str(key("1002", stage["id"]))]}
    assert (await sent(new_flow(adapter, [near], name="y"))).key.scope == "1002"


async def test_several_spaces_need_one_to_be_told(connect: Connect, sandbox: Sandbox) -> None:
    configured = connected(connect, spaces="1001,1002")
    for make, at in ((create, STAGE), (new_flow, FLOW)):
        with pytest.raises(errors.Invalid) as caught:
            make(configured)
        assert told(caught.value) == [((*at, "spaceSourceId"), "REQUIRED")]
    assert sandbox.calls() == 0
    seeing = connected(connect, spaces=None)
    for make, at in ((create, STAGE), (new_flow, FLOW)):
        plan = make(seeing)
        trace = fresh()
        for ask in (plan.send, plan.look):
            assert ask is not None
            with pytest.raises(errors.Invalid) as caught:
                await ask(trace)
            assert told(caught.value) == [((*at, "spaceSourceId"), "REQUIRED")]
    assert not any(one["applied"] for one in sandbox.requests("storyblok"))


async def test_the_only_space_need_not_be_told(connect: Connect, sandbox: Sandbox) -> None:
    one = connected(connect, spaces="1002")
    assert (await sent(create(one))).key.scope == "1002"
    assert sandbox.calls() == 1
    assert create(one).holder == (key("", 1002, Kind.SPACE), STAGE)
    only = connected(connect, spaces=None, token=None, oauth_token="sandbox")
    plan = create(only)
    made = await sent(plan)
    assert made.key.scope == space_of(sandbox, made.key) == "1001"
    assert await looked(plan) == [made.key]
    assert plan.holder is None


@pytest.mark.parametrize("position", ["not_found", "unauthorized", "forbidden"])
async def test_a_space_that_is_not_seen(connect: Connect, sandbox: Sandbox, position: str) -> None:
    sandbox.turn("storyblok.hidden_space", position)
    hidden = key("1002", rows(sandbox)[list(rows(sandbox))[-1]]["id"])
    seeing = connected(connect, spaces=None, token=None, oauth_token="sandbox")
    not_seeing = connected(connect, spaces="1001")
    for adapter in (seeing, not_seeing):
        for plan in (
            update(adapter, hidden, name="x"),
            adapter.delete_stage(hidden),
            adapter.delete_workflow(flow_key(7, "1002")),
            copy(adapter, flow_key(7, "1002"), "x", ["x"]),
            create(adapter, workflow_id=str(flow_key(7, "1002"))),
        ):
            with pytest.raises(errors.Missing):
                await sent(plan)
    assert not any(one["applied"] for one in sandbox.requests("storyblok"))
    for plan in (not_seeing.delete_stage(hidden), not_seeing.delete_workflow(flow_key(7, "1002"))):
        assert await looked(plan) == []  # that nothing is seen there does not prove that it is gone


async def test_a_wrong_credential_is_told(connect: Connect) -> None:
    adapter = connected(connect, token="wrong", spaces="1001")
    with pytest.raises(errors.Unauthenticated):
        await sent(create(adapter))


# --------------------------------------------------------------------------- what is forgotten


async def kept(adapter: Storyblok) -> list[Any]:
    """Read every kind of answer that has stages or workflows in it."""
    stages = await ids_of(adapter)
    flows: list[str] = []
    names: list[str | None] = []
    async for batch in adapter.workflows(cast("Any", None), Trace()):
        flows += [one.id for one in batch.rows]
        names += [one.name for row in batch.rows for one in cast("Any", row).members]
    one = GlobalId.parse(stages[0])
    [alone] = (await adapter.get_stages([one], Trace())).values()
    return [stages, sorted(flows), names, cast("Any", alone).name]


async def test_a_write_forgets_its_space_and_no_other(connect: Connect, sandbox: Sandbox) -> None:
    ttl = "stage=60,workflow=60,space=60"
    adapter = connected(connect, ttl=ttl, spaces="1001")
    other = connected(connect, ttl=ttl, spaces="1001,1002")
    flow = sandbox.state("storyblok")["workflows"][1]["id"]

    async def reads() -> tuple[list[Any], int]:
        before = sandbox.calls()
        return await kept(adapter), sandbox.calls() - before

    first, calls = await reads()
    assert calls == 3
    assert (await reads()) == (first, 0)
    made = await sent(create(adapter, workflow_id=str(flow)))
    for write in (
        lambda: update(adapter, made.key, name="Renamed"),
        lambda: adapter.delete_stage(made.key),
        lambda: new_flow(adapter, [{"name": "x", "color": "x"}]),
        lambda: copy(adapter, flow_key(flow), "Copy", ["dish"]),
        lambda: adapter.delete_workflow(flow_key(flow)),
    ):
        now, calls = await reads()
        assert calls == 3
        assert now != first
        assert (await reads()) == (now, 0)
        first = now
        await sent(write())
    assert (await reads())[0] != first
    ask = StageAsk(processes=(flow_key(sandbox.state("storyblok")["workflows"][-1]["id"], "1002"),))
    before = [batch async for batch in other.stages(ask, Trace())]
    await sent(create(other, space_source_id="1001"))
    calls = sandbox.calls()
    assert len([batch async for batch in other.stages(ask, Trace())]) == len(before)
    assert sandbox.calls() == calls
