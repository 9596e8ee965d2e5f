"""One suite over every source: what the graph may expect of any of them.

It needs of a source's emulator: a seed of five stages or more; its objects in `state()`, stages
under "stages", each with an "id"; and TOKEN as the text of every setting that is a credential.
"""

import asyncio
from typing import Any, cast, get_args

import pytest

from gateway import errors
from gateway.adapter import Adapter, ReadsStages, StageAsk
from gateway.app import adapter_kinds
from gateway.sandbox.faults import Kind as FaultKind
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.sources import Operation, ResourceType
from schema.types.stage import Stage
from tests.attributes import attributes
from tests.fixtures import Connect, Graph, Sandbox
from tests.planted import TOKEN

pytestmark = pytest.mark.parametrize("source", Source, ids=lambda one: one.value)

HOSTILE = ["../admin", "..", "x?y=1", "a#b", "a/b", "a\r\nX-Evil: 1", "a\x00b", "é", " ", "%2e%2e",
           "1" * 400, "-1", "0", "1.5", "null", "*", "1,2", "don:core:../../x"]  # fmt: skip


async def every_stage(adapter: Adapter, trace: Trace | None = None) -> list[Stage]:
    reads = cast("ReadsStages", adapter)
    return [row async for batch in reads.stages(StageAsk(), trace or Trace()) for row in batch.rows]


async def bounded(adapter: Adapter) -> tuple[list[Stage], errors.UpstreamFailure | None]:
    try:
        async with adapter.deadline():
            return await every_stage(adapter), None
    except errors.UpstreamFailure as failure:
        return [], failure


def ids_of(stages: list[Stage]) -> list[GlobalId]:
    return [GlobalId.parse(stage.id) for stage in stages]


def shown(stage: Stage) -> dict[str, Any]:
    plain = {name: value for name, value in attributes(stage).items() if name != "origin"}
    return {**plain, "version": stage.origin.version()}


async def test_the_list_is_the_state(source: Source, sandbox: Sandbox, connect: Connect) -> None:
    stages = await every_stage(connect(source))
    state = sandbox.state(source.value)["stages"]
    assert len(state) > 4, "give the seed five stages or more"
    assert sorted(str(one["id"]) for one in state) == sorted(stage.source_id for stage in stages)
    assert len({stage.id for stage in stages}) == len(stages)
    raws = {str(one["id"]): one for one in state}
    for stage in stages:
        assert stage.source is source
        raw = stage.origin.raw()
        assert raw["id"] == raws[stage.source_id]["id"]
        assert raws[stage.source_id].keys() <= raw.keys()


async def test_a_list_and_a_get_agree(source: Source, connect: Connect) -> None:
    adapter = connect(source)
    stages = await every_stage(adapter)
    reads = cast("ReadsStages", adapter)
    together = await reads.get_stages(ids_of(stages), Trace())
    assert [shown(together[key]) for key in ids_of(stages)] == [shown(one) for one in stages]
    for stage in stages[:3]:
        [key] = ids_of([stage])
        alone = await reads.get_stages([key], Trace())
        assert shown(alone[key]) == shown(stage)


async def test_unknown_ids_are_absent_and_order_does_not_matter(
    source: Source, connect: Connect
) -> None:
    adapter = connect(source)
    known = ids_of(await every_stage(adapter))[:4]
    unknown = [
        one._replace(source_id=one.source_id[:-1] + digit)
        for one in known[:2]
        for digit in "0123456789"
    ]
    unknown = [one for one in unknown if adapter.owns(one)]
    mixed = [known[3], *unknown, known[0], known[2], known[1]]
    everything = set(ids_of(await every_stage(adapter)))
    found = await cast("ReadsStages", adapter).get_stages(mixed, Trace())
    assert set(found) == set(mixed) & everything
    assert all(GlobalId.parse(stage.id) == key for key, stage in found.items())


async def test_ids_of_a_strange_form_are_not_owned(source: Source, connect: Connect) -> None:
    adapter = connect(source)
    [known, *_] = ids_of(await every_stage(adapter))
    assert adapter.owns(known)
    for text in HOSTILE:
        assert not adapter.owns(known._replace(source_id=text)), text
        assert not adapter.owns(known._replace(scope=text)), text


async def test_small_pages_give_the_same_list(source: Source, connect: Connect) -> None:
    whole = await every_stage(connect(source))
    small = await every_stage(connect(source, page_size=4))
    assert [shown(one) for one in small] == [shown(one) for one in whole]


async def test_more_pages_than_allowed_are_too_large(
    source: Source, sandbox: Sandbox, connect: Connect
) -> None:
    if source is Source.STORYBLOK:  # sends its stages in one page, as far as its pages tell
        sandbox.turn("storyblok.paging", "paged")
    with pytest.raises(errors.TooLarge):
        await every_stage(connect(source, page_size=2, max_pages=1))


async def test_a_wrong_credential_is_unauthenticated(
    source: Source, sandbox: Sandbox, connect: Connect
) -> None:
    secrets = {
        name: "wr0ng-s3cret" for name, text in sandbox.settings(source).items() if text == TOKEN
    }
    adapter = connect(source, **secrets)
    for attempt in (every_stage(adapter), adapter.check(Trace())):
        with pytest.raises(errors.Unauthenticated) as caught:
            await attempt
        assert "wr0ng" not in caught.value.message


async def test_check_makes_one_call(source: Source, sandbox: Sandbox, connect: Connect) -> None:
    adapter = connect(source)
    sandbox.forget()
    assert await adapter.check(Trace())
    assert sandbox.calls(source.value) == 1


@pytest.mark.parametrize("kind", get_args(FaultKind))
async def test_every_fault_is_a_failure_or_costs_its_rows_only(
    source: Source, kind: str, sandbox: Sandbox, connect: Connect
) -> None:
    adapter = connect(source, deadline=0.6)
    before = {stage.id: shown(stage) for stage in await every_stage(adapter)}
    sandbox.fault(source.value, kind, seconds=0.05)
    started = asyncio.get_running_loop().time()
    rows, failure = await bounded(adapter)
    if failure is not None:
        assert failure.source is source
        assert "127.0.0.1" not in failure.message
        assert "sandbox" not in failure.message
    else:
        # Spoiled fields are the only ones that may differ, and only towards null.
        for stage in rows:
            known = before[stage.id]
            for name, value in shown(stage).items():
                if name in {"version", "position", "state"} or name.endswith("_by"):
                    continue
                spoiled = "something_new" if kind == "unknown_enum" else None
                assert value in (None, spoiled, known[name]), name
        assert kind in {
            "latency", "wrong_type", "null_field", "missing_field", "unknown_enum", "repeat",
            "drop", "reorder", "drip",
        }  # fmt: skip
    assert asyncio.get_running_loop().time() - started < 0.6 + 0.5
    sandbox.heal()
    assert {stage.id: shown(stage) for stage in await every_stage(adapter)} == before


async def test_a_key_finds_what_an_id_finds(source: Source, connect: Connect) -> None:
    adapter = connect(source)
    [stage, *_] = await every_stage(adapter)
    [id] = ids_of([stage])  # noqa: A001
    key = ResourceKey(source=source, source_id=stage.source_id, scope_source_id=id.scope or None)  # type: ignore[arg-type]
    places = await adapter.locate(Kind.STAGE, key, Trace())
    found = await cast("ReadsStages", adapter).get_stages(list(places), Trace())
    assert [one.id for one in found.values()] == [stage.id]


async def test_the_graph_finds_again_what_it_lists(source: Source, graph: Graph) -> None:
    """Of every type that the source can be asked for, in a type of its own."""
    capabilities = adapter_kinds()[source].capabilities
    assert ResourceType.STAGE in {one.type for one in capabilities}, "is @source above its class?"
    for one in capabilities:
        if Operation.GET not in one.operations:
            continue
        field = one.type.name.lower() + "s"
        data = await graph.data(
            f"""{{ {field}(first: 20, filter: {{sources: [{source.name}]}}) {{
                isComplete nodes {{ __typename id version }} }} }}"""
        )
        listed = data[field]["nodes"]
        assert listed, f"give the seed {field}"
        assert data[field]["isComplete"]
        found = await graph.data(
            "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ...on Resource { version } } }",
            ids=[row["id"] for row in listed],
        )
        assert found["nodes"] == listed
