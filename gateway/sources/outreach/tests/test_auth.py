"""The refresh flow against the emulator: one renewal for all, kept, and told where it fails."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import pytest

from gateway import errors
from gateway.adapter import StageAsk
from gateway.cache.cache import How
from gateway.sandbox.faults import Kind as FaultKind
from gateway.sources.outreach.sandbox import EMULATOR
from gateway.sources.outreach.tests.conftest import Clock, Refreshing
from gateway.sources.outreach.tests.renewing import (
    TOKEN_ROUTE,
    counted,
    failure,
    given_up,
    one_stage,
    read,
    stages_rows,
)
from gateway.sources.outreach.tokens import TokenFile
from gateway.upstream.trace import Log, Trace
from schema.types.sources import SourceStatus
from tests.fixtures import Sandbox, free_port

pytestmark = pytest.mark.usefixtures("any_number_of_tokens")


# --------------------------------------------------------------------------------- once for all


async def test_many_calls_at_once_make_one_renewal(
    sandbox: Sandbox, refreshing: Refreshing
) -> None:
    sandbox.turn("outreach.new_tokens", "one_a_minute")
    sandbox.fault("outreach", "latency", route=TOKEN_ROUTE, seconds=0.1)
    adapter, traces = refreshing(), [Trace() for _ in range(50)]
    await asyncio.gather(*(read(adapter, trace) for trace in traces))
    assert counted(sandbox) == 1
    assert counted(sandbox, "/stages") == 50
    assert [trace.calls for trace in traces] == [2] * 50  # all waited for the renewal


async def test_each_request_is_told_of_a_renewal_once(
    sandbox: Sandbox, refreshing: Refreshing
) -> None:
    sandbox.fault("outreach", "latency", route=TOKEN_ROUTE, seconds=0.1)
    adapter, one, other = refreshing(), Log(), Log()
    logs = [one, one, other, other]
    await asyncio.gather(*(read(adapter, Trace(log)) for log in logs))
    for log, served in ((one, How.SENT), (other, How.JOINED)):
        [told] = [sent for sent in log if sent.route == "/token"]
        assert (told.method, told.status, told.how) == ("POST", 200, served)
        assert len(log) == 3


async def test_a_renewal_that_fails_is_counted_by_all_who_waited(
    sandbox: Sandbox, refreshing: Refreshing
) -> None:
    sandbox.fault("outreach", "latency", route=TOKEN_ROUTE, seconds=0.1)
    adapter, traces = refreshing(refresh_token="us3d-up"), [Trace() for _ in range(3)]
    reads = (read(adapter, trace) for trace in traces)
    failures = await asyncio.gather(*reads, return_exceptions=True)
    assert {type(one) for one in failures} == {errors.Unauthenticated}
    assert [trace.calls for trace in traces] == [1] * 3
    assert counted(sandbox) == 1


async def test_each_renewal_takes_the_next_refresh_token(
    sandbox: Sandbox, refreshing: Refreshing, clock: Clock
) -> None:
    adapter = refreshing()
    for renewals in (1, 2, 3):
        await read(adapter)
        clock.forward(7135)
        await read(adapter)
        assert counted(sandbox) == renewals
        clock.forward(10)
    assert adapter.health.status is SourceStatus.OK


async def test_a_restart_goes_on_with_the_file(
    sandbox: Sandbox, refreshing: Refreshing, clock: Clock
) -> None:
    await read(refreshing())
    await read(refreshing())
    assert counted(sandbox) == 1
    clock.forward(7150)
    for _ in range(2):
        await read(refreshing())
    assert counted(sandbox) == 2
    found = await failure(refreshing(token_file=None))  # whose refresh token was used up
    assert type(found) is errors.Unauthenticated


async def test_a_file_of_other_settings_is_not_used(
    sandbox: Sandbox, refreshing: Refreshing
) -> None:
    await read(refreshing())
    for changed in ({"refresh_token": "n3w"}, {"client_id": "n3w"}):  # the file has a good token
        assert type(await failure(refreshing(**changed))) is errors.Unauthenticated
    assert counted(sandbox) == 3


async def test_who_shares_a_file_renews_once(
    sandbox: Sandbox, refreshing: Refreshing, clock: Clock
) -> None:
    sandbox.fault("outreach", "latency", route=TOKEN_ROUTE, seconds=0.1)
    adapters = [refreshing() for _ in range(4)]
    for renewals in (1, 2):
        await asyncio.gather(*(read(adapter) for adapter in adapters for _ in range(3)))
        assert counted(sandbox) == renewals
        clock.forward(7150)


# ---------------------------------------------------------------------------------- in mid-life


async def test_a_token_that_is_refused_is_renewed_once(
    sandbox: Sandbox, refreshing: Refreshing, clock: Clock
) -> None:
    sandbox.turn("outreach.rotation", "repeats")  # so that the first one is good after a reset
    adapter = refreshing()
    await read(adapter)
    clock.forward(61)
    sandbox.reset()  # forgets the access token, and gives one a minute again
    await asyncio.gather(*(read(adapter) for _ in range(20)))
    assert counted(sandbox) == 1
    by_status = {row["status"]: row["count"] for row in stages_rows(sandbox)}
    assert by_status[200] == 20
    assert 1 <= by_status[401] <= 20
    assert adapter.health.status is SourceStatus.OK


async def test_a_refusal_is_not_repeated_for_ever(
    sandbox: Sandbox, refreshing: Refreshing, clock: Clock
) -> None:
    adapter = refreshing()
    await read(adapter)
    clock.forward(61)
    sandbox.forget()
    sandbox.fault("outreach", "status", route="/stages", status=401)
    assert type(await failure(adapter)) is errors.Unauthenticated
    assert (counted(sandbox), counted(sandbox, "/stages")) == (1, 2)
    # The new one is refused as well: another would be, and Outreach gives none within a minute.
    assert type(await failure(adapter)) is errors.Unauthenticated
    assert (counted(sandbox), counted(sandbox, "/stages")) == (1, 3)
    assert adapter.health.status is SourceStatus.UNAUTHENTICATED
    sandbox.heal()
    await read(adapter)
    assert counted(sandbox) == 1


async def test_a_refused_token_that_another_has_renewed_is_taken_from_the_file(
    sandbox: Sandbox, refreshing: Refreshing, clock: Clock
) -> None:
    one, other = refreshing(), refreshing()
    await asyncio.gather(read(one), read(other))
    clock.forward(61)
    for adapter in (one, other):
        sandbox.fault("outreach", "status", route="/stages", status=401, times=1)
        await read(adapter)
    assert counted(sandbox) == 2


async def test_who_gives_up_does_not_end_the_renewal(
    sandbox: Sandbox, refreshing: Refreshing
) -> None:
    sandbox.fault("outreach", "latency", route=TOKEN_ROUTE, seconds=0.2)
    adapter = refreshing()
    first, *others = [asyncio.create_task(read(adapter)) for _ in range(5)]
    await asyncio.sleep(0.1)
    first.cancel()
    await asyncio.gather(*others)
    assert first.cancelled()
    assert counted(sandbox) == 1


async def test_a_renewal_outlasts_the_source_s_deadline(
    sandbox: Sandbox, refreshing: Refreshing
) -> None:
    sandbox.fault("outreach", "latency", when="after", route=TOKEN_ROUTE, seconds=0.4, times=1)
    adapter = refreshing(deadline=0.2)
    assert type(await failure(adapter)) is errors.TimedOut
    await asyncio.sleep(0.3)
    await read(adapter)  # with the token that has come meanwhile: the one before it is spent
    await read(refreshing())
    assert counted(sandbox) == 1


async def test_the_end_waits_for_a_renewal_that_nobody_waits_for(
    sandbox: Sandbox, refreshing: Refreshing
) -> None:
    sandbox.fault("outreach", "latency", route=TOKEN_ROUTE, seconds=0.2, times=1)
    adapter = refreshing()
    reading = asyncio.create_task(read(adapter))
    await asyncio.sleep(0.1)
    reading.cancel()
    await adapter.close()
    await read(refreshing())
    assert counted(sandbox) == 1


# -------------------------------------------------------------------------------- what may fail


@pytest.mark.parametrize("status", EMULATOR.positions["refused_grant"])
async def test_a_refused_refresh_token_is_told_and_tried_again(
    sandbox: Sandbox, refreshing: Refreshing, status: str
) -> None:
    sandbox.turn("outreach.refused_grant", status)
    adapter = refreshing(refresh_token="us3d-up")
    for times in (1, 2):
        found = await failure(adapter)
        assert type(found) is errors.Unauthenticated
        assert found.status == int(status)
        assert "STAGEGRAPH_OUTREACH_REFRESH_TOKEN" in found.message
        assert counted(sandbox) == times
    assert adapter.health.status is SourceStatus.UNAUTHENTICATED
    together = await asyncio.gather(*(failure(adapter) for _ in range(9)))
    assert {type(one) for one in together} == {errors.Unauthenticated}
    assert counted(sandbox) == 3
    assert counted(sandbox, "/stages") == 0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "reset"}, errors.Unavailable),
        ({"kind": "status", "status": 500}, errors.Unavailable),
        ({"kind": "status", "status": 429, "retry_after": 0}, errors.Throttled),
        ({"kind": "status", "status": 404}, errors.BadResponse),
        ({"kind": "status", "status": 422}, errors.BadResponse),
        ({"kind": "status", "status": 403}, errors.Unauthenticated),
        ({"kind": "redirect"}, errors.BadResponse),
        ({"kind": "hang"}, errors.TimedOut),
        ({"kind": "html"}, errors.BadResponse),
    ],
    ids=str,
)
async def test_a_token_endpoint_in_trouble_is_a_failure_and_heals(
    sandbox: Sandbox, refreshing: Refreshing, fault: dict[str, Any], kind: type[errors.Failure]
) -> None:
    adapter = refreshing(deadline=0.5, renewal=0.5)
    sandbox.fault("outreach", route=TOKEN_ROUTE, **fault)
    assert type(await failure(adapter)) is kind
    with pytest.raises(kind):  # where a missing stage would be told as absent
        await one_stage(adapter)
    with pytest.raises(kind):  # where a refused page size would be asked for again
        async with adapter.deadline():
            [_ async for _ in adapter.stages(StageAsk(), Trace())]
    assert counted(sandbox, "/stages") == counted(sandbox, "/stages/{id}") == 0
    sandbox.heal()
    await given_up()
    await read(adapter)


@pytest.mark.parametrize("kind", ["reset", "truncate"])
async def test_a_renewal_that_gets_no_answer_is_not_sent_again(
    sandbox: Sandbox, refreshing: Refreshing, kind: str
) -> None:
    sandbox.fault("outreach", kind, when="after", route=TOKEN_ROUTE, times=1)
    found = await failure(refreshing())
    assert type(found) is errors.Unavailable  # and not that its token is refused, as it is spent
    assert counted(sandbox) == 1


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(None, 60), (30, 30), (10**8, 3600)],  # one a minute is Outreach's rule
    ids=str,
)
async def test_a_token_that_comes_too_early_is_not_asked_for_again_before_its_time(
    sandbox: Sandbox,
    refreshing: Refreshing,
    clock: Clock,
    told: int | None,
    seconds: float,
) -> None:
    more = {} if told is None else {"retry_after": told}
    sandbox.fault("outreach", "status", status=429, route=TOKEN_ROUTE, times=1, **more)
    adapter, trace = refreshing(), Trace()
    assert type(await failure(adapter)) is errors.Throttled
    clock.forward(seconds - 10)
    with pytest.raises(errors.Throttled) as early:
        await read(adapter, trace)
    assert early.value.retry_after is not None
    assert 0 < early.value.retry_after <= 10
    assert early.value.status == 429
    assert trace.calls == 0
    assert counted(sandbox) == 1
    clock.forward(10)
    await read(adapter)
    assert counted(sandbox) == 2


async def test_a_token_that_came_too_early_is_taken_from_the_file_if_another_has_renewed(
    sandbox: Sandbox, refreshing: Refreshing
) -> None:
    sandbox.fault("outreach", "status", status=429, route=TOKEN_ROUTE, times=1)
    adapter = refreshing()
    assert type(await failure(adapter)) is errors.Throttled
    await read(refreshing())
    await read(adapter)
    assert counted(sandbox) == 2


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (7200, 7200), ("7200", 7200), (100.5, 100.5), (None, 7200), ("soon", 7200), ([], 7200),
        ("nan", 7200), ("1e999", 7200), (0, 60), (-5, 60), (10**9, 30 * 86400),
    ],
    ids=repr,
)  # fmt: skip
async def test_tokens_count_whatever_is_told_of_their_life(
    sandbox: Sandbox, refreshing: Refreshing, token_file: Path, told: Any, seconds: float
) -> None:
    body = {"access_token": "sandbox", "refresh_token": "r2", "expires_in": told}
    sandbox.fault("outreach", "status", status=200, body=body, route=TOKEN_ROUTE)
    await read(refreshing())
    kept = TokenFile(str(token_file)).read()
    assert kept is not None
    assert (kept.access_token, kept.refresh_token) == ("sandbox", "r2")
    assert (kept.expires_at - kept.obtained_at).total_seconds() == seconds


async def test_a_token_endpoint_that_is_not_there(refreshing: Refreshing, sandbox: Sandbox) -> None:
    down = await failure(refreshing(token_url=f"http://127.0.0.1:{free_port()}/oauth/token"))
    assert type(down) is errors.NotReached
    wrong = await failure(refreshing(token_url=f"{sandbox.origin}/outreach/elsewhere"))
    assert type(wrong) is errors.BadResponse
    assert "STAGEGRAPH_OUTREACH_TOKEN_URL" in wrong.message


@pytest.mark.parametrize("kind", get_args(FaultKind))
async def test_every_fault_of_the_token_endpoint_is_a_failure_or_none(
    sandbox: Sandbox, refreshing: Refreshing, clock: Clock, kind: str
) -> None:
    sandbox.turn("outreach.rotation", "repeats")  # what is lost on the way can be asked for again
    sandbox.fault("outreach", kind, route=TOKEN_ROUTE, field="access_token", seconds=0.3)
    adapter = refreshing(deadline=0.6, renewal=0.6)
    with suppress(errors.UpstreamFailure):
        await read(adapter)
    sandbox.heal()
    await given_up()
    clock.forward(61)  # where another token was put in the place of the right one
    await read(adapter)
