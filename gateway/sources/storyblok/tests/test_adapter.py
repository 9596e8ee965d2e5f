"""The adapter against the running sandbox: lists, gets, people and roles."""

from gateway.adapter import Span, StageAsk
from gateway.sources.storyblok import Storyblok
from gateway.sources.storyblok.tests.asking import (
    STAGES,
    UNKNOWN,
    State,
    all_keys,
    ids_of,
    key,
    keys_of,
    listed,
    routes,
    texts,
    workflows_of,
)
from gateway.upstream.trace import Trace
from schema.types.ids import Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

# ---------------------------------------------------------------------------------- lists


async def test_all_stages_of_all_spaces_cost_one_call_a_space(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    trace = Trace()
    rows, dropped = await listed(connect(Source.STORYBLOK), trace)
    assert sorted(one.id for one in rows) == texts(all_keys(state))
    assert len(rows) == 66
    assert dropped == 0
    assert {one.source_id: one.origin.raw() for one in rows} == {
        str(one["id"]): one for one in state["stages"]
    }
    assert trace.calls == sandbox.calls() == 2
    assert routes(sandbox) == {(STAGES, 200): 2}


async def test_spaces_are_read_at_the_same_time(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    sandbox.fault("storyblok", "latency", seconds=0.1)
    adapter = connect(Source.STORYBLOK)
    await listed(adapter)
    await adapter.get_stages(all_keys(state), Trace())
    assert [(one["count"], one["peak"]) for one in sandbox.requests()] == [(4, 2)]


async def test_each_space_is_a_batch_of_its_own(connect: Connect) -> None:
    batches = [batch async for batch in connect(Source.STORYBLOK).stages(StageAsk(), Trace())]
    assert [{one.space_source_id for one in batch.rows} for batch in batches] == [
        {"1001"},
        {"1002"},
    ]


async def test_names_and_times_are_not_pushed_down(connect: Connect, state: State) -> None:
    # The vendor's search is fuzzy: every stage comes, and the gateway picks.
    rows = await ids_of(connect(Source.STORYBLOK), names=("Drafting",), created=Span())
    assert rows == texts(all_keys(state))
    assert Storyblok.stage_filters == {"processIds"}
    assert Storyblok.stage_orders == frozenset()


async def test_one_workflow_is_filtered_by_the_vendor(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    workflow = workflows_of(state, "1002")[3]
    trace = Trace()
    rows, _ = await listed(connect(Source.STORYBLOK), trace, processes=(workflow, workflow))
    wanted = [one for one in state["stages"] if str(one["workflow_id"]) == workflow.source_id]
    assert [one.source_id for one in rows] == [str(one["id"]) for one in wanted]
    assert len(rows) == 6
    assert trace.calls == sandbox.calls() == 1


async def test_several_workflows_of_a_space_cost_one_call(connect: Connect, state: State) -> None:
    chosen = [*workflows_of(state, "1001")[:3], workflows_of(state, "1002")[0]]
    trace = Trace()
    rows, _ = await listed(connect(Source.STORYBLOK), trace, processes=tuple(chosen))
    numbers = {one.source_id for one in chosen}
    assert sorted(one.source_id for one in rows) == sorted(
        str(one["id"]) for one in state["stages"] if str(one["workflow_id"]) in numbers
    )
    assert len(rows) == 21
    assert trace.calls == 2


async def test_ids_that_name_no_workflow_find_nothing(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    adapter = connect(Source.STORYBLOK)
    workflow = workflows_of(state, "1001")[0]
    assert await ids_of(adapter, processes=()) == []
    for chosen in (
        workflow._replace(kind=Kind.PIPELINE),
        workflow._replace(kind=Kind.STAGE),
        workflow._replace(scope="1003"),
        workflow._replace(scope=""),
        workflow._replace(scope="1001/../1001"),
    ):
        assert await ids_of(adapter, processes=(chosen,)) == []
    assert sandbox.calls() == 0
    # These may be workflows: only the vendor can tell.
    for chosen in (key("1001", UNKNOWN, Kind.WORKFLOW), workflow._replace(scope="1002")):
        assert await ids_of(adapter, processes=(chosen,)) == []
    assert sandbox.calls() == 2


# ------------------------------------------------------------------------------------ gets


async def test_sixty_stages_of_two_spaces_cost_two_calls(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    chosen = [*keys_of(state, "1001")[:30], *keys_of(state, "1002")[:30]][::-1]
    trace = Trace()
    found = await connect(Source.STORYBLOK).get_stages(chosen, trace)
    assert list(found) == chosen
    assert {str(one): stage.id for one, stage in found.items()} == {
        str(one): str(one) for one in chosen
    }
    assert trace.calls == sandbox.calls() == 2


async def test_one_stage_costs_one_call_and_is_the_same_as_in_the_list(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    adapter = connect(Source.STORYBLOK)
    rows = {one.id: one for one in (await listed(adapter))[0]}
    sandbox.forget()
    [chosen] = keys_of(state, "1002")[7:8]
    found = await adapter.get_stages([chosen], Trace())
    assert routes(sandbox) == {(STAGES + "/{id}", 200): 1}
    assert found[chosen].origin.version() == rows[str(chosen)].origin.version()
    assert found[chosen].origin.raw() == rows[str(chosen)].origin.raw()


async def test_an_unknown_stage_is_absent(sandbox: Sandbox, connect: Connect) -> None:
    assert await connect(Source.STORYBLOK).get_stages([key("1001", UNKNOWN)], Trace()) == {}
    assert routes(sandbox) == {(STAGES + "/{id}", 404): 1}


async def test_one_unknown_among_known_is_confirmed_by_itself(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    known = keys_of(state, "1001")[:3]
    found = await connect(Source.STORYBLOK).get_stages([*known, key("1001", UNKNOWN)], Trace())
    assert list(found) == known
    assert routes(sandbox) == {(STAGES, 200): 1, (STAGES + "/{id}", 404): 1}


async def test_many_unknown_cost_one_further_call_together(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    known = keys_of(state, "1001")[:3]
    unknown = [key("1001", UNKNOWN + n) for n in range(90)]
    found = await connect(Source.STORYBLOK).get_stages([*unknown, *known], Trace())
    assert list(found) == known
    assert routes(sandbox) == {(STAGES, 200): 2}


async def test_ids_go_a_hundred_a_call(sandbox: Sandbox, connect: Connect, state: State) -> None:
    known = keys_of(state, "1001")
    unknown = [key("1001", UNKNOWN + n) for n in range(250 - len(known))]
    found = await connect(Source.STORYBLOK).get_stages([*unknown, *known], Trace())
    assert list(found) == known
    assert routes(sandbox) == {(STAGES, 200): 4}


async def test_nothing_asked_is_nothing_called(sandbox: Sandbox, connect: Connect) -> None:
    adapter = connect(Source.STORYBLOK)
    assert await adapter.get_stages([], Trace()) == {}
    assert await adapter.get_workflows([], Trace()) == {}
    assert await adapter.get_people([], Trace()) == {}
    assert await adapter.get_space_roles([], Trace()) == {}
    assert sandbox.calls() == 0


async def test_the_same_id_asked_twice_is_asked_once(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    [chosen] = keys_of(state, "1001")[:1]
    found = await connect(Source.STORYBLOK).get_stages([chosen, chosen], Trace())
    assert list(found) == [chosen]
    assert routes(sandbox) == {(STAGES + "/{id}", 200): 1}


HOSTILE = [
    key("1001", "1/../../spaces"),
    key("1001", "../collaborators"),
    key("1001", "1?by_ids=1"),
    key("1001", "%2e%2e"),
    key("1001", ".."),
    key("1001", "1,2"),
    key("1001", "01"),
    key("1001", "0"),
    key("1001", ""),
    key("1001", str(2**53 + 1)),
    key("", "119731408825113"),
    key("..", "119731408825113"),
    key("1001/workflow_stages", "119731408825113"),
    key("1001#", "119731408825113"),
]


async def test_ids_never_reach_another_path(sandbox: Sandbox, connect: Connect) -> None:
    for adapter in (connect(Source.STORYBLOK), connect(Source.STORYBLOK, spaces=None)):
        assert not any(map(adapter.owns, HOSTILE))
        for kind, get in (
            (Kind.STAGE, adapter.get_stages),
            (Kind.WORKFLOW, adapter.get_workflows),
            (Kind.PERSON, adapter.get_people),
            (Kind.SPACE_ROLE, adapter.get_space_roles),
        ):
            assert await get([one._replace(kind=kind) for one in HOSTILE], Trace()) == {}
    assert sandbox.calls() == 0


async def test_ids_of_the_vendor_s_form_are_owned(connect: Connect) -> None:
    adapter = connect(Source.STORYBLOK)
    for kind in (Kind.STAGE, Kind.WORKFLOW, Kind.PERSON, Kind.SPACE_ROLE):
        assert adapter.owns(key("1001", 119731408825113, kind))
    assert adapter.owns(key("1", 2**53))
    # Of another space: an id of ours, whose object is unknown.
    assert adapter.owns(key("1003", 1))
    assert not adapter.owns(key("1001", 1, Kind.PIPELINE))


async def test_ids_of_spaces_that_are_not_configured_are_absent_without_a_call(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    adapter = connect(Source.STORYBLOK, spaces="1001")
    assert await adapter.get_stages(keys_of(state, "1002"), Trace()) == {}
    assert await adapter.get_people([key("1002", 1, Kind.PERSON)], Trace()) == {}
    assert sandbox.calls() == 0
    assert await ids_of(adapter) == texts(keys_of(state, "1001"))


async def test_a_stage_is_not_found_in_another_space(connect: Connect, state: State) -> None:
    moved = [one._replace(scope="1002") for one in keys_of(state, "1001")]
    assert await connect(Source.STORYBLOK).get_stages(moved, Trace()) == {}


# ------------------------------------------------------------------------ people and roles


async def test_people_of_a_space_cost_one_call(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    adapter = connect(Source.STORYBLOK)
    rows, _ = await listed(adapter)
    wanted = list(dict.fromkeys(one for row in rows for one in row.user_keys))
    sandbox.forget()
    found = await adapter.get_people(wanted, Trace())
    assert list(found) == wanted
    assert sandbox.calls() == 2
    users = {(str(one["space_id"]), str(one["user_id"])): one["user"] for one in state["people"]}
    left = [one for one in wanted if (one.scope, one.source_id) not in users]
    assert len(left) == 2, "each space has a stage that names somebody who left"
    for one, actor in found.items():
        assert actor.id == str(one)
        assert actor.source_id == one.source_id
        user = users.get((one.scope, one.source_id), {})
        assert actor.email == user.get("real_email")
        assert actor.display_name == user.get("friendly_name")


async def test_people_are_read_page_by_page_until_all_are_found(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    people = [
        key("1001", one["user_id"], Kind.PERSON)
        for one in state["people"]
        if one["space_id"] == 1001 and one["user_id"]
    ]
    adapter = connect(Source.STORYBLOK, page_size=4)
    assert (await adapter.get_people([people[1]], Trace()))[people[1]].email
    assert sandbox.calls() == 1
    sandbox.forget()
    assert (await adapter.get_people([people[9]], Trace()))[people[9]].email
    assert sandbox.calls() == 3
    sandbox.forget()
    stranger = key("1001", UNKNOWN, Kind.PERSON)
    assert (await adapter.get_people([stranger], Trace()))[stranger].email is None
    assert sandbox.calls() == 3


async def test_roles_of_a_space_cost_one_call(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    roles = state["space_roles"]
    wanted = [
        key("1001" if index < 4 else "1002", one["id"], Kind.SPACE_ROLE)
        for index, one in enumerate(roles)
    ]
    adapter = connect(Source.STORYBLOK)
    found = await adapter.get_space_roles(wanted, Trace())
    assert [one.name for one in found.values()] == [one["role"] for one in roles]
    assert [one.id for one in found.values()] == list(map(str, wanted))
    assert sandbox.calls() == 2
    unknown = key("1001", UNKNOWN, Kind.SPACE_ROLE)
    mixed = await adapter.get_space_roles([unknown, *wanted[:2]], Trace())
    assert list(mixed) == wanted[:2]


async def test_kinds_are_not_mixed_up(sandbox: Sandbox, connect: Connect, state: State) -> None:
    stage = keys_of(state, "1001")[0]
    adapter = connect(Source.STORYBLOK)
    assert await adapter.get_people([stage], Trace()) == {}
    assert await adapter.get_space_roles([stage], Trace()) == {}
    assert await adapter.get_workflows([stage], Trace()) == {}
    assert await adapter.get_stages([stage._replace(kind=Kind.WORKFLOW)], Trace()) == {}
    assert sandbox.calls() == 0
