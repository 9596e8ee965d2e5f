"""The adapter against a sandbox in trouble: what makes no sense, and what fails."""

from typing import Any, cast

import pytest

from gateway import errors
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.tests.stages import (
    DIAGRAM,
    DIAGRAMS,
    GET,
    LIST,
    UNKNOWN,
    counts,
    diagram,
    got,
    key,
    listed,
    numbers,
    sent,
    stage,
    state,
)
from gateway.upstream.trace import Trace
from schema.types.devrev import DevRevStage
from schema.types.ids import GlobalId
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox


async def test_bad_rows_are_dropped_and_counted(sandbox: Sandbox, devrev: DevRev) -> None:
    sandbox.fault("devrev", "wrong_type", field="ordinal", times=1)
    assert await listed(devrev) == ([], 14)
    sandbox.fault("devrev", "missing_field", field="id", times=1)
    assert await listed(devrev) == ([], 14)
    sandbox.fault("devrev", "wrong_type", field="modified_date", times=1)
    rows, dropped = await listed(devrev)
    assert ([one.source_id for one in rows], dropped) == ([stage(3).source_id], 13)
    assert len(await numbers(devrev)) == 14


async def test_missing_fields_are_null(sandbox: Sandbox, devrev: DevRev) -> None:
    for field, attribute in (("name", "name"), ("ordinal", "position"), ("state", "state")):
        sandbox.heal()
        sandbox.fault("devrev", "missing_field", field=field)
        rows, dropped = await listed(devrev)
        assert [getattr(one, attribute) for one in rows] == [None] * 14
        assert dropped == 0


async def test_bad_nodes_of_a_diagram_are_counted_and_cost_no_others(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    nodes = [{"stage": {"id": 7}}, {"stage": {"id": stage(4).source_id}}]
    body = {"stage_diagram": {"id": diagram(1).source_id, "stages": nodes}}
    sandbox.fault("devrev", "status", status=200, body=body, route=DIAGRAM)
    rows, dropped = await listed(devrev, processes=(diagram(1),))
    assert ([one.source_id for one in rows], dropped) == ([stage(4).source_id], 1)


async def test_bad_diagrams_are_counted_and_cost_no_others(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    good = {"id": diagram(1).source_id, "stages": [{"stage": {"id": stage(4).source_id}}]}
    body = {"result": [{"id": diagram(2).source_id}, good]}
    sandbox.fault("devrev", "status", status=200, body=body, route=DIAGRAMS)
    rows, dropped = await listed(devrev, processes=(diagram(1), diagram(2)))
    assert ([one.source_id for one in rows], dropped) == ([stage(4).source_id], 1)


async def test_a_stage_that_makes_no_sense_is_told_alone_and_costs_no_others(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    one = sent(sandbox, "STG-1")
    page = {"result": [one, {**one, "id": stage(2).source_id, "ordinal": "x"}]}
    sandbox.fault("devrev", "status", status=200, body=page, route=LIST)
    sandbox.fault("devrev", "wrong_type", field="ordinal", route=GET)
    found = await got(devrev, stage(1), stage(2))
    assert isinstance(found[stage(1)], DevRevStage)
    assert isinstance(found[stage(2)], errors.BadResponse)
    with pytest.raises(errors.BadResponse):
        await got(devrev, stage(2))


@pytest.mark.parametrize("asked", [stage(1), key("STG-1")])
async def test_another_stage_than_the_one_asked_for_is_refused(
    sandbox: Sandbox, devrev: DevRev, asked: GlobalId
) -> None:
    body = {"custom_stage": sent(sandbox, "STG-2")}
    sandbox.fault("devrev", "status", status=200, body=body, route=GET)
    with pytest.raises(errors.BadResponse):
        await got(devrev, asked)
    sandbox.fault("devrev", "status", status=200, body={"result": []}, route=LIST)
    found = await got(devrev, asked, key(UNKNOWN))
    assert [type(one) for one in found.values()] == [errors.BadResponse] * 2


async def test_another_diagram_than_the_one_asked_for_is_refused(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    body = {"stage_diagram": state(sandbox)["workflows"][1]}
    sandbox.fault("devrev", "status", status=200, body=body, route=DIAGRAM)
    with pytest.raises(errors.BadResponse):
        await listed(devrev, processes=(diagram(1),))


async def test_a_display_id_that_is_anothers_don_leads_nobody_astray(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    one = sent(sandbox, "STG-1")
    body = {"result": [{**one, "display_id": stage(2).source_id}, {**one, "display_id": UNKNOWN}]}
    sandbox.fault("devrev", "status", status=200, body=body, route=LIST)
    found = await got(devrev, stage(1), stage(2), key(UNKNOWN))
    assert {name: one.source_id for name, one in found.items()} == {
        name: name.source_id for name in (stage(1), stage(2))
    }


async def test_a_page_that_leads_to_itself_is_refused(sandbox: Sandbox, devrev: DevRev) -> None:
    body = {"result": [], "cursor": "again"}
    sandbox.fault("devrev", "status", status=200, body=body, route=LIST)
    with pytest.raises(errors.BadResponse):
        await listed(devrev)


FAILURES = [
    ({"kind": "status", "status": 403}, errors.Forbidden),
    ({"kind": "status", "status": 503}, errors.Unavailable),
    ({"kind": "status", "status": 400}, errors.BadResponse),
    ({"kind": "redirect"}, errors.BadResponse),
    ({"kind": "html"}, errors.BadResponse),
    ({"kind": "array"}, errors.BadResponse),
    ({"kind": "reset"}, errors.Unavailable),
]


@pytest.mark.parametrize(("fault", "failure"), FAILURES)
async def test_failures_are_told_and_never_taken_for_absence(
    sandbox: Sandbox, devrev: DevRev, fault: dict[str, Any], failure: type[Exception]
) -> None:
    sandbox.fault("devrev", **fault)
    for ids in ([stage(1)], [stage(1), stage(2)]):
        with pytest.raises(failure):
            await got(devrev, *ids)
    for processes in (None, (diagram(1),), (diagram(1), diagram(2))):
        with pytest.raises(failure):
            await listed(devrev, processes=processes)
    with pytest.raises(failure):
        await devrev.check(Trace())


@pytest.mark.parametrize("kind", ["html", "redirect"])
async def test_a_miss_whose_answer_makes_no_sense_is_its_own_failure(
    sandbox: Sandbox, devrev: DevRev, kind: str
) -> None:
    sandbox.fault("devrev", kind, route=GET)
    found = await got(devrev, stage(1), key(UNKNOWN))
    assert isinstance(found[stage(1)], DevRevStage)
    assert isinstance(found[key(UNKNOWN)], errors.BadResponse)


@pytest.mark.parametrize("fault", [{"kind": "reset"}, {"kind": "status", "status": 429}])
async def test_a_miss_that_cannot_be_got_is_its_own_failure(
    sandbox: Sandbox, devrev: DevRev, fault: dict[str, Any]
) -> None:
    sandbox.fault("devrev", **fault, route=GET)
    found = await got(devrev, stage(1), key(UNKNOWN))
    assert isinstance(found[stage(1)], DevRevStage)
    assert isinstance(found[key(UNKNOWN)], errors.Unavailable | errors.Throttled)


async def test_what_is_nested_and_what_is_too_large_costs_only_itself(
    sandbox: Sandbox, devrev: DevRev
) -> None:
    one, two, three = state(sandbox)["stages"][:3]
    picture = {"id": "ARTIFACT-1", "file": {"size": -1}}
    bad = [
        {**one, "created_by": {"id": "DEVU-1", "display_picture": picture}},
        {**two, "state": {"id": 5}},
        {**three, "ordinal": 2**40},
    ]
    sandbox.fault("devrev", "status", status=200, body={"result": bad}, route=LIST)
    rows, dropped = await listed(devrev)
    assert ([row.source_id for row in rows], dropped) == ([row["id"] for row in bad], 0)
    assert rows[0].created_by is not None
    assert rows[0].created_by.picture is not None
    assert [row.position for row in rows] == [one["ordinal"], two["ordinal"], None]
    assert rows[1].state is None
    for row in bad:
        sandbox.heal()
        sandbox.fault("devrev", "status", status=200, body={"custom_stage": row}, route=GET)
        assert (await got(devrev, key(row["id"])))[key(row["id"])].origin.raw() == row


async def test_a_limit_tells_when_to_come_again(
    sandbox: Sandbox, devrev: DevRev, connect: Connect
) -> None:
    sandbox.turn("devrev.limit", "1/60")
    await listed(devrev)
    other = cast("DevRev", connect(Source.DEVREV))  # it has not heard yet that nothing is left
    with pytest.raises(errors.Throttled) as caught:
        await listed(other)
    assert caught.value.status == 429
    assert 50 < (caught.value.retry_after or 0) <= 60
    sandbox.forget()
    for one in (devrev, other):
        with pytest.raises(errors.Throttled) as caught:
            async with one.deadline():
                await listed(one)
        assert caught.value.status is None
        assert 50 < (caught.value.retry_after or 0) <= 61
    assert sandbox.calls("devrev") == 0


async def test_a_wrong_token_is_refused(connect: Connect) -> None:
    with pytest.raises(errors.Unauthenticated):
        await listed(cast("DevRev", connect(Source.DEVREV, token="other")))


async def test_the_check_tells_whose_token_it_is(sandbox: Sandbox, devrev: DevRev) -> None:
    assert await devrev.check(Trace()) == "acts as Ada Okafor"
    assert counts(sandbox) == {"/dev-users.self": 1}
    sandbox.fault("devrev", "status", status=200, body={"dev_user": {}})
    assert await devrev.check(Trace()) == "acts as a DevRev user"


async def test_the_version_is_pinned_by_the_setting(connect: Connect) -> None:
    assert await numbers(cast("DevRev", connect(Source.DEVREV, version="2022-10-20")))
    wrong = cast("DevRev", connect(Source.DEVREV, version="1999-01-01"))
    with pytest.raises(errors.BadResponse):
        await listed(wrong)
    with pytest.raises(errors.BadResponse):
        await got(wrong, stage(1))
