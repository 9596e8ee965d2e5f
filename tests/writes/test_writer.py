"""A write goes on to its end, compares versions, and tells what it knows."""

import asyncio
import logging
from typing import Any

import pytest

from gateway import errors
from gateway.caller import ANYBODY
from gateway.store.records import Records
from gateway.upstream.trace import Log
from gateway.writes import Result
from schema.types.ids import GlobalId, Kind
from schema.types.mutation_errors import Constraint, WriteOutcome
from schema.types.source import Source
from tests.store.keeping import Clock
from tests.writes.source import REFUSED, Desk, Step, change, creation, deletion, down

NOT_APPLIED, APPLIED, UNKNOWN = (
    WriteOutcome.NOT_APPLIED, WriteOutcome.APPLIED, WriteOutcome.UNKNOWN,
)  # fmt: skip

NONSENSE = errors.BadResponse(Source.ESPER, "ESPER sent an object that makes no sense.")


def complaint(result: Result) -> errors.Complaint:
    assert isinstance(result.failure, errors.Invalid)
    [one] = result.failure.complaints
    return one


@pytest.mark.parametrize("key", ["k", None])
async def test_a_write_goes_on_when_its_caller_leaves(desk: Desk, key: str | None) -> None:
    gate = asyncio.Event()
    desk.fake.steps = [Step(gate=gate)]
    caller = asyncio.create_task(desk.create(key=key))
    await desk.fake.came.wait()
    caller.cancel()
    await asyncio.wait([caller])
    assert caller.cancelled()
    closing = asyncio.create_task(desk.writer.close())
    await asyncio.sleep(0.02)
    assert not closing.done()
    gate.set()
    await closing
    assert desk.names() == ["a"]
    again = await desk.create()
    assert again.failure is None
    assert (desk.fake.sent, desk.fake.looks) == (1 if key else 2, 1), "one look before the first"


async def test_closing_waits_for_what_came_while_it_waited(desk: Desk) -> None:
    gates = asyncio.Event(), asyncio.Event()
    desk.fake.steps = [Step(gate=gate) for gate in gates]
    first = asyncio.create_task(desk.create(key=None))
    await desk.fake.came.wait()
    closing = asyncio.create_task(desk.writer.close())
    await asyncio.sleep(0)
    desk.fake.came.clear()
    second = asyncio.create_task(desk.create(key=None))
    await desk.fake.came.wait()
    gates[0].set()
    await first
    await asyncio.sleep(0.02)
    assert not closing.done()
    gates[1].set()
    await closing
    assert (await second).failure is None


async def test_closing_waits_for_nothing_where_nothing_is_under_way(desk: Desk) -> None:
    await desk.writer.close()
    assert (await desk.create()).failure is None


@pytest.mark.parametrize("key", ["", "  ", "k" * 256])
async def test_a_key_has_1_to_255_characters(desk: Desk, key: str) -> None:
    found = complaint(await desk.create(key=key))
    assert (found.path, found.constraint) == (("input", "idempotencyKey"), Constraint.LENGTH)
    assert (await desk.create(key="k" * 255)).failure is None
    assert desk.fake.sent == 1


async def test_what_the_plan_refuses_is_not_sent_and_takes_no_key(desk: Desk) -> None:
    refused = await desk.create("")
    assert complaint(refused).path == ("input", "stage", "esper")
    assert (refused.ask, refused.outcome, refused.has_key) == (None, NOT_APPLIED, True)
    assert (await desk.create("a")).failure is None


@pytest.mark.parametrize("key", ["k", None])
@pytest.mark.parametrize("make", [change, deletion])
async def test_the_version_that_was_read_is_written_over(
    desk: Desk, make: Any, key: str | None
) -> None:
    own = desk.fake.put("old")
    version = desk.fake.rows[own].origin.version()
    mutation = "updateStage" if make is change else "deleteStage"
    result = await desk.write(mutation, make(own, if_version=version, idempotency_key=key))
    assert (result.failure, desk.fake.sent, desk.fake.reads) == (None, 1, 1)


@pytest.mark.parametrize("key", ["k", None])
async def test_another_version_is_not_written_over(desk: Desk, key: str | None) -> None:
    own = desk.fake.put("old")
    asked = change(own, if_version="f" * 24, idempotency_key=key)
    result = await desk.write("updateStage", asked)
    assert isinstance(result.failure, errors.Conflict)
    assert result.failure.current is desk.fake.rows[own]
    assert (result.failure.expected, result.outcome) == ("f" * 24, NOT_APPLIED)
    assert (desk.fake.sent, desk.names()) == (0, ["old"])
    version = desk.fake.rows[own].origin.version()
    asked = change(own, if_version=version, idempotency_key=key)  # another input, and the key free
    assert (await desk.write("updateStage", asked)).failure is None
    assert desk.names() == ["new"]


async def test_an_object_that_is_gone_has_no_version(desk: Desk) -> None:
    own = desk.fake.put("old")
    del desk.fake.rows[own]
    result = await desk.write("updateStage", change(own, if_version="f" * 24))
    assert type(result.failure) is errors.Missing
    assert (result.outcome, desk.fake.sent) == (NOT_APPLIED, 0)


async def test_without_a_version_nothing_is_compared(desk: Desk) -> None:
    own = desk.fake.put("old")
    await desk.write("updateStage", change(own, if_version=None))
    await desk.write("updateStage", change(own))
    assert (desk.fake.sent, desk.fake.reads) == (2, 0)


async def test_an_object_that_cannot_be_read_is_not_written_over(desk: Desk) -> None:
    own, failure = desk.fake.put("old"), down()
    desk.fake.rows[own] = failure
    result = await desk.write("updateStage", change(own, if_version="f" * 24))
    assert (result.failure, result.outcome, desk.fake.sent) == (failure, NOT_APPLIED, 0)


async def test_a_first_try_that_was_applied_is_no_conflict(desk: Desk) -> None:
    """The object has another version by then: the one that the first try made."""
    own = desk.fake.put("old")
    asked = change(own, if_version=desk.fake.rows[own].origin.version(), idempotency_key="k")
    desk.fake.steps = [Step(1, down())]
    assert (await desk.write("updateStage", asked)).outcome is UNKNOWN
    again = await desk.write("updateStage", asked)
    assert again.failure is None
    assert (desk.fake.sent, desk.fake.looks, desk.fake.reads) == (1, 1, 1)


async def test_what_changed_after_an_unknown_try_may_be_of_that_try_or_of_another(
    desk: Desk,
) -> None:
    """The first try may have been applied, and its object changed once more: nobody can tell."""
    own = desk.fake.put("old")
    asked = change(own, if_version=desk.fake.rows[own].origin.version(), idempotency_key="k")
    desk.fake.steps = [Step(0, down())]
    await desk.write("updateStage", asked)
    desk.fake.put("of another", own)
    again = await desk.write("updateStage", asked)
    assert isinstance(again.failure, errors.Unsure)
    assert (again.outcome, again.failure.is_passing) == (UNKNOWN, False)
    assert (desk.fake.sent, desk.names()) == (1, ["of another"])
    third = await desk.write("updateStage", asked)  # so it stays: the key is not free
    assert (type(third.failure), third.outcome) == (errors.Unsure, UNKNOWN)


async def test_after_a_first_try_that_was_not_applied_the_version_is_compared(desk: Desk) -> None:
    own = desk.fake.put("old")
    asked = change(own, if_version=desk.fake.rows[own].origin.version(), idempotency_key="k")
    desk.fake.steps = [Step(0, down()), Step(0, REFUSED, NOT_APPLIED)]
    outcomes = [(await desk.write("updateStage", asked)).outcome for _ in range(2)]
    assert outcomes == [UNKNOWN, NOT_APPLIED]
    assert (desk.fake.sent, desk.fake.reads) == (2, 2)


@pytest.mark.parametrize("key", ["k", None])
async def test_a_change_whose_answer_makes_no_sense_was_done_all_the_same(
    desk: Desk, key: str | None
) -> None:
    own = desk.fake.put("old")
    asked = change(own, idempotency_key=key)
    desk.fake.steps = [Step(1, NONSENSE, APPLIED)]
    first = await desk.write("updateStage", asked)
    assert first.written
    assert (first.written.key, first.written.row) == (own, None)
    assert (first.failure, first.outcome) == (None, APPLIED)
    again = await desk.write("updateStage", asked)
    assert again.failure is None
    assert (desk.fake.sent, desk.fake.looks) == (1 if key else 2, 0)


async def test_an_object_that_was_made_and_not_told_is_found_under_its_key(desk: Desk) -> None:
    desk.fake.steps = [Step(1, NONSENSE, APPLIED)]
    first = await desk.create()
    assert (first.written, first.failure, first.outcome) == (None, NONSENSE, APPLIED)
    again = await desk.create()
    assert again.written
    assert (again.written.key in desk.fake.rows, desk.fake.sent, desk.fake.looks) == (True, 1, 2)


async def test_the_deadline_is_over_the_write_and_leaves_it_unknown(records: Records) -> None:
    desk = Desk(records, Clock(), deadline=0.5)
    desk.fake.steps = [Step(gate=asyncio.Event())]
    result = await desk.create()
    assert type(result.failure) is errors.TimedOut
    assert (result.outcome, desk.fake.sent) == (UNKNOWN, 1)
    desk.fake.wait(5)
    assert (await desk.create()).failure is None
    await desk.fake.close()


async def test_what_was_done_is_told_though_the_deadline_passes_while_it_is_recorded(
    records: Records,
) -> None:
    gate = asyncio.Event()
    desk = Desk(records, Clock(), deadline=0.5)
    desk.fake.steps = [Step(gate=gate)]
    late = asyncio.create_task(desk.create())
    await desk.fake.came.wait()
    desk.records.is_stuck = True
    gate.set()
    result = await late
    assert desk.records.at_put.is_set()
    assert result.written
    assert (result.failure, result.outcome) == (None, APPLIED)
    assert list(desk.fake.rows) == [result.written.key]
    desk.records.is_stuck = False
    desk.fake.wait(5)
    again = await desk.create()
    assert again.written
    assert (again.written.key, desk.fake.sent) == (result.written.key, 1)
    await desk.fake.close()


@pytest.mark.parametrize("mutation", ["createStage", "updateStage"])
async def test_so_is_what_an_earlier_try_did(records: Records, mutation: str) -> None:
    desk = Desk(records, Clock(), deadline=0.5)
    is_change = mutation == "updateStage"
    asked = change(desk.fake.put("old"), idempotency_key="k") if is_change else creation()
    desk.fake.steps = [Step(1, down())]
    assert (await desk.write(mutation, asked)).outcome is UNKNOWN
    desk.records.is_stuck = True
    result = await desk.write(mutation, asked)
    assert desk.records.at_put.is_set()
    assert (result.outcome, desk.fake.sent, len(desk.fake.rows)) == (APPLIED, 1, 1)
    if is_change:
        assert result.written
        assert (result.written.key, result.failure) == (*desk.fake.rows, None)
    else:
        assert type(result.failure) is errors.TimedOut
    await desk.fake.close()


async def test_what_nobody_foresaw_is_logged_and_not_raised(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    fault = RuntimeError("what nobody foresaw")
    desk.fake.steps = [Step(0, REFUSED, NOT_APPLIED), Step(0, fault)]
    with caplog.at_level(logging.ERROR):
        await desk.create(key=None)
        assert not caplog.records
        result = await desk.create(key=None)
    assert (result.failure, result.outcome, len(caplog.records)) == (fault, UNKNOWN, 1)


async def test_a_source_that_is_not_connected_is_asked_nothing(desk: Desk) -> None:
    key = GlobalId(Source.STORYBLOK, Kind.STAGE, "1", "2")
    result = await desk.writer.write("deleteStage", deletion(key), ANYBODY, Log())
    assert isinstance(result.failure, errors.NotConnected)
    assert (result.ask, result.outcome) == (None, NOT_APPLIED)
