"""A write under a key is done once, whoever fails, waits or dies meanwhile."""

import asyncio
from typing import Any

import pytest

from gateway import errors
from gateway.caller import ANYBODY
from gateway.store.records import MemoryRecords, Records
from gateway.upstream.trace import Log
from gateway.writes import Result
from schema.types.mutation_errors import WriteOutcome
from tests.store.keeping import Clock
from tests.writes.source import REFUSED, Desk, Step, change, creation, deletion, down

NOT_APPLIED, APPLIED, UNKNOWN = (
    WriteOutcome.NOT_APPLIED, WriteOutcome.APPLIED, WriteOutcome.UNKNOWN,
)  # fmt: skip


def unsure(result: Result) -> bool:
    """Tell whether it is said that nobody can tell, now or later."""
    failure = result.failure
    return type(failure) is errors.Unsure and result.outcome is UNKNOWN and not failure.is_passing


def lost(result: Result, outcome: WriteOutcome = UNKNOWN) -> bool:
    """Tell whether it is said that the records are lost for now."""
    failure = result.failure
    return type(failure) is errors.Unsure and result.outcome is outcome and failure.is_passing


async def test_the_same_again_is_answered_with_the_first(desk: Desk) -> None:
    first = await desk.create()
    again = await desk.create()
    assert first.written
    assert again.written
    assert first.written.row
    assert (again.written.key, again.written.row) == (first.written.key, None)
    assert (again.failure, again.outcome, desk.fake.sent) == (None, APPLIED, 1)


async def test_fifty_at_once_send_one(desk: Desk) -> None:
    other = desk.another()
    results = await asyncio.gather(
        *(desk.create() for _ in range(25)),
        *(other.write("createStage", creation(), ANYBODY, Log()) for _ in range(25)),
    )
    assert (desk.fake.sent, desk.names()) == (1, ["a"])
    assert [one.failure for one in results] == [None] * 50
    assert len({one.written and one.written.key for one in results}) == 1


async def test_another_input_under_the_key_is_refused(desk: Desk) -> None:
    await desk.create("a")
    other = await desk.create("b")
    assert isinstance(other.failure, errors.KeyReused)
    assert (other.failure.key, other.outcome, desk.names()) == ("k", NOT_APPLIED, ["a"])


async def test_the_key_of_another_caller_or_mutation_is_another(desk: Desk) -> None:
    key = desk.fake.put("old")
    results = [await desk.create("a"), await desk.create("b", caller="another")]
    results.append(await desk.write("updateStage", change(key, idempotency_key="k")))
    results.append(await desk.create("c", key="l"))
    assert [one.failure for one in results] == [None] * 4
    assert desk.names() == ["new", "a", "b", "c"]


async def test_without_a_key_each_is_sent(desk: Desk) -> None:
    results = [await desk.create(key=None) for _ in range(3)]
    assert [one.has_key for one in results] == [False] * 3
    assert (desk.fake.sent, desk.fake.looks) == (3, 0)


@pytest.mark.parametrize("name", ["a", "b"])
async def test_what_was_not_applied_frees_the_key(desk: Desk, name: str) -> None:
    desk.fake.steps = [Step(0, REFUSED, NOT_APPLIED)]
    first = await desk.create("a")
    assert (first.failure, first.outcome) == (REFUSED, NOT_APPLIED)
    desk.fake.put(name)  # a key that is not free would take it for its own
    assert (await desk.create(name)).failure is None
    assert (desk.fake.sent, desk.fake.looks, desk.names()) == (2, 2, [name, name])


async def test_what_was_unknown_and_is_there_is_taken(desk: Desk) -> None:
    desk.fake.steps = [Step(1, down())]
    assert (await desk.create()).outcome is UNKNOWN
    again = await desk.create()
    assert again.written
    assert again.written.row
    assert (again.failure, desk.fake.sent, desk.fake.looks) == (None, 1, 2)
    third = await desk.create()
    assert third.written
    assert third.written.key == again.written.key
    assert (desk.fake.sent, desk.fake.looks) == (1, 2), "what is known is not looked for"


async def test_what_was_unknown_and_is_not_there_is_written_again(desk: Desk, clock: Clock) -> None:
    old = desk.fake.put("a")  # it equals the input, and is another's
    clock.turn(60)
    desk.fake.steps = [Step(0, down()), Step(0, down())]
    outcomes = [(await desk.create()).outcome for _ in range(2)]
    assert outcomes == [UNKNOWN, UNKNOWN]
    again = await desk.create()
    assert again.written
    assert again.written.key != old
    assert (again.failure, desk.fake.sent, desk.fake.looks) == (None, 3, 3)


@pytest.mark.parametrize("skew", [-90.0, -1.3, 0.3, 1.3, 90.0])
async def test_no_clock_is_asked(desk: Desk, clock: Clock, skew: float) -> None:
    """A vendor's clock may differ from the gateway's, and two gateways' from each other."""
    old = desk.fake.put("a")
    desk.fake.steps = [Step(1, down())]
    await desk.create()
    clock.turn(skew)
    again = await desk.create()
    assert again.written
    assert again.written.key != old
    assert desk.fake.sent == 1


async def test_what_could_not_be_compared_whole_is_not_taken(desk: Desk) -> None:
    desk.fake.is_sure = False
    desk.fake.put("a")  # there before, so it is in nobody's way
    desk.fake.steps = [Step(0, down()), Step(1, down())]
    assert (await desk.create()).outcome is UNKNOWN
    assert (await desk.create()).outcome is UNKNOWN
    assert unsure(await desk.create())
    assert desk.fake.sent == 2


async def test_a_change_that_could_not_be_compared_whole_is_not_taken(desk: Desk) -> None:
    desk.fake.is_sure = False
    asked = change(desk.fake.put("old"), idempotency_key="k")
    desk.fake.steps = [Step(1, down())]
    assert (await desk.write("updateStage", asked)).outcome is UNKNOWN
    assert unsure(await desk.write("updateStage", asked))
    assert desk.fake.sent == 1


async def test_a_look_that_loses_who_made_what_takes_nothing(desk: Desk) -> None:
    gate = asyncio.Event()
    desk.fake.steps = [Step(1, down())]
    assert (await desk.create()).outcome is UNKNOWN
    desk.fake.looking.clear()
    desk.fake.look_gate = gate
    again = asyncio.create_task(desk.create())
    await desk.fake.looking.wait()
    desk.records.lost = {"get"}
    gate.set()
    assert lost(await again)
    desk.records.lost = set()
    assert (await desk.create()).failure is None
    assert (desk.fake.sent, desk.names()) == (1, ["a"])


async def test_what_another_key_made_is_not_taken(desk: Desk) -> None:
    desk.fake.steps = [Step(0, down())]
    assert (await desk.create()).outcome is UNKNOWN
    other = await desk.create(key="another")
    again = await desk.create()
    assert other.written
    assert again.written
    assert other.written.key != again.written.key
    assert desk.names() == ["a", "a"]


async def test_a_refusal_after_an_unknown_try_does_not_free_the_key(desk: Desk) -> None:
    """The source may carry out the first try late, so who comes next looks again."""
    desk.fake.steps = [Step(0, down()), Step(0, REFUSED, NOT_APPLIED)]
    outcomes = [(await desk.create()).outcome for _ in range(2)]
    assert outcomes == [UNKNOWN, NOT_APPLIED]
    assert isinstance((await desk.create("b")).failure, errors.KeyReused)
    late = desk.fake.put("a")
    again = await desk.create()
    assert again.written
    assert (again.written.key, desk.fake.sent) == (late, 2)


async def test_two_that_may_be_the_one_are_not_chosen_from(desk: Desk) -> None:
    desk.fake.steps = [Step(2, down())]
    await desk.create()
    assert unsure(await desk.create())
    assert unsure(await desk.create())
    assert desk.fake.sent == 1


async def test_where_nobody_can_look_it_stays_unsure(desk: Desk) -> None:
    desk.fake.can_look = False
    desk.fake.steps = [Step(0, down())]
    assert (await desk.create()).outcome is UNKNOWN
    assert unsure(await desk.create())
    assert desk.fake.sent == 1


@pytest.mark.parametrize("failure", [down(), ValueError("a fault of the adapter")])
async def test_a_look_that_fails_leaves_it_unknown(desk: Desk, failure: Exception) -> None:
    desk.fake.steps = [Step(1, down())]
    await desk.create()
    desk.fake.look_failure = failure
    again = await desk.create()
    assert (again.failure, again.outcome) == (failure, UNKNOWN)
    desk.fake.look_failure = None
    assert (await desk.create()).failure is None
    assert (desk.fake.sent, desk.names()) == (1, ["a"])


@pytest.mark.parametrize("applied", [0, 1])
async def test_what_was_there_before_is_not_ours(desk: Desk, applied: int) -> None:
    old = desk.fake.put("a")
    desk.fake.steps = [Step(applied, down())]
    assert (await desk.create()).outcome is UNKNOWN
    assert desk.fake.looks == 1  # before it was sent
    again = await desk.create()
    assert again.written
    assert again.written.key != old
    assert (desk.fake.sent, desk.names()) == (2 - applied, ["a", "a"])


async def test_where_the_look_before_fails_nothing_is_sent(desk: Desk) -> None:
    desk.fake.look_failure = down()
    first = await desk.create()
    assert (first.failure, first.outcome) == (desk.fake.look_failure, NOT_APPLIED)
    desk.fake.look_failure = None
    assert (await desk.create("b")).failure is None
    assert desk.names() == ["b"]


@pytest.mark.parametrize("applied", [0, 1])
@pytest.mark.parametrize("mutation", ["updateStage", "deleteStage"])
async def test_changes_and_deletions_are_looked_at_too(
    desk: Desk, mutation: str, applied: int
) -> None:
    key = desk.fake.put("old")
    make: Any = change if mutation == "updateStage" else deletion
    asked = make(key, idempotency_key="k")
    desk.fake.steps = [Step(applied, down())]
    assert (await desk.write(mutation, asked)).outcome is UNKNOWN
    assert desk.fake.looks == 0
    again = await desk.write(mutation, asked)
    assert again.written
    assert (again.written.key, desk.fake.sent) == (key, 2 - applied)
    assert desk.names() == (["new"] if mutation == "updateStage" else [])


@pytest.mark.parametrize("was_applied", [False, True])
async def test_a_gateway_that_dies_leaves_a_record_and_a_lock_that_ends(
    clock: Clock, *, was_applied: bool
) -> None:
    desk = Desk(MemoryRecords(clock.seconds), clock, deadline=0.5)
    desk.fake.steps = [Step(gate=asyncio.Event())]
    dead = asyncio.create_task(desk.create())
    await desk.fake.came.wait()
    waiting = await desk.another().write("createStage", creation(), ANYBODY, Log())
    assert isinstance(waiting.failure, errors.TimedOut)
    assert (waiting.outcome, desk.fake.sent) == (UNKNOWN, 1)
    await dead
    desk.fake.wait(5)
    # As if it had never come to an end: its lock is still there, and ends later.
    [place] = desk.records.places
    await desk.records.claim(f"{place}:lock", 10)
    if was_applied:
        desk.fake.put("a")
    clock.turn(11)
    assert (await desk.create()).failure is None
    assert (desk.fake.looks, desk.names()) == (2, ["a"])
    assert desk.fake.sent == (1 if was_applied else 2)
    await desk.fake.close()


@pytest.mark.parametrize("method", ["get", "claim", "put"])
async def test_where_the_records_are_lost_nothing_is_sent(desk: Desk, method: str) -> None:
    desk.records.lost = {method}
    assert lost(await desk.create(), NOT_APPLIED)
    desk.records.lost = {*desk.records.lost, "release", "drop"}
    assert lost(await desk.create(key="l"), NOT_APPLIED)
    assert (await desk.create(key=None)).failure is None
    assert desk.fake.sent == 1
    desk.records.lost = set()
    assert (await desk.create()).failure is None
    assert desk.fake.sent == 2


async def test_where_the_records_are_lost_after_an_unknown_try_it_stays_unknown(desk: Desk) -> None:
    desk.fake.steps = [Step(1, down())]
    await desk.create()
    desk.records.lost = {"claim"}
    assert lost(await desk.create())
    desk.records.lost = set()
    assert (await desk.create()).failure is None
    assert desk.fake.sent == 1


async def test_a_record_that_makes_no_sense_may_hide_a_write(desk: Desk, records: Records) -> None:
    await desk.create()
    for garbage in (b"", b"\xc1", b"\x80", b"\x81\xa5input\x01"):
        await records.put(desk.records.places[0], garbage, 60)
        assert lost(await desk.create(), NOT_APPLIED)
    assert desk.fake.sent == 1


async def test_a_result_is_told_even_if_it_cannot_be_kept(desk: Desk) -> None:
    gate = asyncio.Event()
    desk.fake.steps = [Step(gate=gate)]
    first = asyncio.create_task(desk.create())
    await desk.fake.came.wait()
    desk.records.lost = {"put"}
    gate.set()
    told = await first
    assert told.written
    assert (told.failure, told.outcome) == (None, APPLIED)
    desk.records.lost = set()
    again = await desk.create()
    assert again.written
    assert again.written.key == told.written.key
    assert (desk.fake.sent, desk.fake.looks) == (1, 2)


@pytest.mark.parametrize("outcome", [NOT_APPLIED, UNKNOWN])
async def test_a_failure_is_told_even_if_the_records_are_lost_meanwhile(
    desk: Desk, outcome: WriteOutcome
) -> None:
    gate, failure = asyncio.Event(), down()
    desk.fake.steps = [Step(0, failure, outcome, gate)]
    first = asyncio.create_task(desk.create())
    await desk.fake.came.wait()
    desk.records.lost = {"put", "drop"}
    gate.set()
    told = await first
    assert (told.failure, told.outcome) == (failure, outcome)
    desk.records.lost = set()
    assert (await desk.create()).failure is None
    assert desk.names() == ["a"]


async def test_a_key_is_kept_for_a_day(clock: Clock) -> None:
    desk = Desk(MemoryRecords(clock.seconds), clock)
    await desk.create()
    clock.turn(24 * 3600 - 1)
    await desk.create()
    assert desk.fake.sent == 1
    clock.turn(2)
    assert (await desk.create("b")).failure is None
    assert desk.names() == ["a", "b"]
    await desk.fake.close()


async def test_a_fault_of_the_gateways_own_keeps_the_key(desk: Desk) -> None:
    fault = RuntimeError("what nobody foresaw")
    desk.fake.steps = [Step(1, fault)]
    first = await desk.create()
    assert (first.failure, first.outcome) == (fault, UNKNOWN)
    assert (await desk.create()).failure is None
    assert (desk.fake.sent, desk.names()) == (1, ["a"])
