"""Of those who come with one key at a time one is at work, and the others wait for it."""

import asyncio

import pytest

from gateway import errors
from gateway.caller import ANYBODY
from gateway.upstream.trace import Log
from gateway.writes import Result
from schema.types.mutation_errors import WriteOutcome
from tests.writes.source import REFUSED, Desk, Step, creation, down

NOT_APPLIED, UNKNOWN = WriteOutcome.NOT_APPLIED, WriteOutcome.UNKNOWN


def lost_records(result: Result, outcome: WriteOutcome) -> bool:
    failure = result.failure
    return type(failure) is errors.Unsure and result.outcome is outcome and failure.is_passing


async def waiting(desk: Desk, name: str = "a") -> asyncio.Task[Result]:
    """Return a second write, which waits for the one under way."""
    desk.records.at_claim.clear()
    task = asyncio.create_task(desk.create(name))
    await desk.records.at_claim.wait()
    desk.records.at_claim.clear()
    await desk.records.at_claim.wait()  # again, so its first claim was in vain
    return task


async def test_another_input_is_refused_while_the_first_is_under_way(desk: Desk) -> None:
    gate = asyncio.Event()
    desk.fake.steps = [Step(gate=gate)]
    first = asyncio.create_task(desk.create("a"))
    await desk.fake.came.wait()
    other = await desk.create("b")
    assert isinstance(other.failure, errors.KeyReused)
    assert other.outcome is NOT_APPLIED
    gate.set()
    assert (await first).failure is None
    assert desk.names() == ["a"]


async def test_of_fifty_at_once_one_after_the_other_tries_until_one_is_taken(desk: Desk) -> None:
    failure = Step(0, REFUSED, NOT_APPLIED)
    desk.fake.steps = [failure, failure]
    results = await asyncio.gather(*(desk.create() for _ in range(50)))
    assert (desk.fake.sent, desk.names()) == (3, ["a"])
    assert desk.fake.looks == 3, "one before each, as each of them was the first under a free key"
    assert sum(one.failure is REFUSED for one in results) == 2


async def test_another_input_that_claims_just_after_the_first_is_done_is_refused(
    desk: Desk,
) -> None:
    desk.records.claiming = asyncio.Event()
    late = asyncio.create_task(desk.create("b"))
    await desk.records.at_claim.wait()  # it has seen no record
    await desk.another().write("createStage", creation("a"), ANYBODY, Log())
    desk.records.claiming.set()
    result = await late
    assert isinstance(result.failure, errors.KeyReused)
    assert (result.outcome, desk.names()) == (NOT_APPLIED, ["a"])


@pytest.mark.parametrize("lost", ["get", "claim"])
async def test_whoever_waits_and_loses_the_records_does_not_know(desk: Desk, lost: str) -> None:
    gate = asyncio.Event()
    desk.fake.steps = [Step(gate=gate)]
    first = asyncio.create_task(desk.create())
    await desk.fake.came.wait()
    second = await waiting(desk)
    desk.records.lost = {lost}
    assert lost_records(await second, UNKNOWN)
    desk.records.lost = set()
    gate.set()
    assert (await first).failure is None


async def test_whoever_claims_just_after_an_unknown_try_does_not_know_before_it_looks(
    desk: Desk,
) -> None:
    desk.records.claiming = asyncio.Event()
    late = asyncio.create_task(desk.create())
    await desk.records.at_claim.wait()  # it has seen no record
    desk.fake.steps = [Step(1, down())]
    await desk.another().write("createStage", creation(), ANYBODY, Log())
    desk.fake.look_failure = down()
    desk.records.claiming.set()
    result = await late
    assert (result.failure, result.outcome) == (desk.fake.look_failure, UNKNOWN)


@pytest.mark.parametrize("lost", ["get", "claim"])
async def test_so_it_is_before_there_is_a_record(desk: Desk, lost: str) -> None:
    desk.fake.look_gate = asyncio.Event()
    first = asyncio.create_task(desk.create())
    await desk.fake.looking.wait()
    second = await waiting(desk)
    assert desk.records.places == []
    desk.records.lost = {lost}
    assert lost_records(await second, UNKNOWN)
    desk.records.lost = set()
    desk.fake.look_gate.set()
    assert (await first).failure is None


async def test_another_input_that_waits_from_before_there_is_a_record_is_refused(
    desk: Desk,
) -> None:
    desk.fake.look_gate = asyncio.Event()
    first = asyncio.create_task(desk.create("a"))
    await desk.fake.looking.wait()
    second = await waiting(desk, "b")
    assert desk.records.places == []
    desk.fake.look_gate.set()
    result = await second
    assert isinstance(result.failure, errors.KeyReused)
    assert result.outcome is NOT_APPLIED
    assert (await first).failure is None
    assert desk.names() == ["a"]


async def test_whoever_waited_for_a_refusal_and_loses_the_records_has_sent_nothing(
    desk: Desk,
) -> None:
    gate = asyncio.Event()
    desk.fake.steps = [Step(0, REFUSED, NOT_APPLIED, gate)]
    first = asyncio.create_task(desk.create())
    await desk.fake.came.wait()
    second = await waiting(desk)
    desk.records.lost = {"put"}
    gate.set()
    assert (await first).failure is REFUSED
    assert lost_records(await second, NOT_APPLIED)
    assert desk.fake.sent == 1
