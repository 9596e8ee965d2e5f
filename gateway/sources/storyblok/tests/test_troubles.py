"""The adapter under every switch and under faults, against the running sandbox."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest

from gateway import errors
from gateway.adapter import ProcessAsk
from gateway.sources.storyblok import Storyblok, normalise, wire
from gateway.sources.storyblok.sandbox import EMULATOR
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
from gateway.upstream.origin import decode_row
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.stage import Stage
from tests.fixtures import Connect, Sandbox

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)

# -------------------------------------------------------------------------------- switches

POSITIONS = [
    {f"storyblok.{name}": position}
    for name, positions in EMULATOR.positions.items()
    for position in positions[1:]
]
ALL_TURNED = {f"storyblok.{name}": positions[-1] for name, positions in EMULATOR.positions.items()}


def versions(stages: Mapping[GlobalId, Stage] | list[Stage]) -> Counter[tuple[str, str]]:
    rows = stages if isinstance(stages, list) else stages.values()
    return Counter((one.id, one.origin.version()) for one in rows)


@pytest.mark.parametrize("turned", [{}, *POSITIONS, ALL_TURNED], ids=str)
async def test_every_switch_in_every_position_gives_the_same_answer(
    sandbox: Sandbox, connect: Connect, turned: dict[str, str], state: State
) -> None:
    for name, position in turned.items():
        sandbox.turn(name, position)
    adapter = connect(Source.STORYBLOK, spaces=None)
    keys = all_keys(state)
    unknown = [key("1001", UNKNOWN), key("1001", UNKNOWN + 1), key("1002", UNKNOWN)]
    expected = Counter(
        (str(key(space, one["id"])), version_of(one))
        for space, stages in state["stages_by_space"].items()
        for one in stages
    )
    rows, dropped = await listed(adapter)
    assert (versions(rows), dropped) == (expected, 0)
    assert versions(await adapter.get_stages([*unknown, *keys], Trace())) == expected
    assert list(await adapter.get_stages([keys[0], unknown[2]], Trace())) == keys[:1]
    chosen = (*workflows_of(state, "1001")[1:3], *workflows_of(state, "1002")[4:5])
    assert len(await ids_of(adapter, processes=chosen)) == 16
    people = list(dict.fromkeys(one for row in rows for one in row.user_keys))
    found = (await adapter.get_people(people, Trace())).values()
    assert [one.email for one in found].count(None) == 2
    roles = [key("1001", one["id"], Kind.SPACE_ROLE) for one in state["space_roles"]]
    assert list(await adapter.get_space_roles(roles, Trace())) == roles[:4]


def version_of(stage: dict[str, Any]) -> str:
    raw = msgspec.Raw(msgspec.json.encode(stage))
    return decode_row(raw, wire.Stage, NOON, normalise.identity).origin.version()


async def test_lists_that_are_paged_silently_are_read_whole(
    sandbox: Sandbox, connect: Connect
) -> None:
    sandbox.turn("storyblok.paging", "paged")
    rows, dropped = await listed(connect(Source.STORYBLOK))
    assert (len(rows), dropped) == (66, 0)
    assert sandbox.calls() == 4


async def test_capped_ids_cost_one_further_call_a_space(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    sandbox.turn("storyblok.by_ids", "capped")
    keys = all_keys(state)
    assert list(await connect(Source.STORYBLOK).get_stages(keys, Trace())) == keys
    assert sandbox.calls() == 4


async def test_too_many_pages_are_refused(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.turn("storyblok.paging", "paged")
    # Each of the two spaces has two pages, and is a list of its own.
    assert len((await listed(connect(Source.STORYBLOK, max_pages=2)))[0]) == 66
    with pytest.raises(errors.TooLarge):
        await listed(connect(Source.STORYBLOK, max_pages=1))


async def test_one_page_is_enough_for_lists_that_come_in_one(connect: Connect) -> None:
    storyblok = cast("Storyblok", connect(Source.STORYBLOK, max_pages=1))
    assert len((await listed(storyblok))[0]) == 66
    batches = [batch async for batch in storyblok.workflows(ProcessAsk(), Trace())]
    assert sum(len(batch.rows) for batch in batches) == 12


# ---------------------------------------------------------------------------------- faults


async def test_rows_without_an_id_or_of_a_wrong_type_are_left_out_and_counted(
    sandbox: Sandbox, connect: Connect
) -> None:
    adapter = connect(Source.STORYBLOK)
    for kind, field in (
        ("wrong_type", "id"),
        ("null_field", "id"),
        ("missing_field", "id"),
        ("wrong_type", "user_ids"),
    ):
        sandbox.fault("storyblok", kind, field=field, route=STAGES, times=1)
        rows, dropped = await listed(adapter)
        assert (len(rows), dropped) == (33, 33)


async def test_other_fields_may_be_missing(sandbox: Sandbox, connect: Connect) -> None:
    adapter = connect(Source.STORYBLOK)
    for field, shown in (
        ("name", "name"),
        ("position", "position"),
        ("is_default", "is_default"),
        ("user_ids", "user_keys"),
        ("after_publish_id", "after_publish_key"),
    ):
        for kind in ("null_field", "missing_field"):
            sandbox.heal()
            sandbox.fault("storyblok", kind, field=field)
            rows, dropped = await listed(adapter)
            assert (len(rows), dropped) == (66, 0)
            assert {getattr(one, shown) for one in rows} <= {None, ()}


@pytest.mark.parametrize("kind", ["repeat", "reorder"])
async def test_order_and_repetition_do_no_harm(
    sandbox: Sandbox, connect: Connect, kind: str, state: State
) -> None:
    sandbox.fault("storyblok", kind)
    adapter = connect(Source.STORYBLOK)
    keys = all_keys(state)
    assert await ids_of(adapter) == texts(keys)
    found = await adapter.get_stages(keys, Trace())
    assert [stage.id for stage in found.values()] == list(map(str, keys))


async def test_ids_that_an_answer_leaves_out_are_asked_for_again(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    keys = keys_of(state, "1001")
    sandbox.fault("storyblok", "drop", times=1)
    assert list(await connect(Source.STORYBLOK).get_stages(keys, Trace())) == keys
    assert sandbox.calls() == 2
    sandbox.fault("storyblok", "drop", times=1)
    assert list(await connect(Source.STORYBLOK).get_stages(keys[:3], Trace())) == keys[:3]
    assert routes(sandbox)[STAGES + "/{id}", 200] == 1


FAILURES: list[tuple[dict[str, Any], type[errors.UpstreamFailure]]] = [
    ({"kind": "status", "status": 500}, errors.Unavailable),
    ({"kind": "status", "status": 429, "body": {"error": "slow down"}}, errors.Throttled),
    ({"kind": "status", "status": 422, "body": {"name": ["bad"]}}, errors.BadResponse),
    ({"kind": "reset"}, errors.Unavailable),
    ({"kind": "html"}, errors.BadResponse),
    ({"kind": "array"}, errors.BadResponse),
    ({"kind": "garbage"}, errors.BadResponse),
    ({"kind": "empty"}, errors.BadResponse),
    ({"kind": "truncate"}, errors.Unavailable),
    ({"kind": "redirect"}, errors.BadResponse),
]


async def test_a_failing_vendor_is_one_failure(
    sandbox: Sandbox, connect: Connect, state: State
) -> None:
    keys = all_keys(state)
    for fault, failure in FAILURES:
        adapter = connect(Source.STORYBLOK)  # one that fails again and again is not asked
        sandbox.heal()
        sandbox.fault("storyblok", **fault)
        for attempt in (
            listed(adapter),
            adapter.get_stages(keys, Trace()),
            adapter.get_stages(keys[:1], Trace()),
        ):
            with pytest.raises(failure) as failed:
                await attempt
            assert failed.value.source is Source.STORYBLOK


async def test_a_call_too_many_tells_when_to_come_again(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.turn("storyblok.limit", "1/60")
    with pytest.raises(errors.Throttled) as failed:
        await listed(connect(Source.STORYBLOK))
    assert (failed.value.status, failed.value.retry_after) == (429, None)
    sandbox.turn("storyblok.retry_after", "seconds")
    with pytest.raises(errors.Throttled) as failed:
        await listed(connect(Source.STORYBLOK))
    assert failed.value.retry_after is not None
    assert 0 < failed.value.retry_after <= 60


async def test_a_vendor_that_hangs_is_given_up(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.fault("storyblok", "hang")
    adapter = connect(Source.STORYBLOK, deadline=0.2)
    with pytest.raises(errors.TimedOut):
        async with adapter.deadline():
            await listed(adapter)
