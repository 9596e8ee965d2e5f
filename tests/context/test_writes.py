"""What was written is read back where it is selected; if that fails, it was done all the same."""

import logging
from collections.abc import AsyncIterator

import pytest
import strawberry

from gateway import errors
from gateway.adapter import EVERYTHING
from gateway.context import RequestContext
from schema.types.errors import ErrorCode
from schema.types.inputs.target_lists import AttachTargetListInput
from schema.types.mutation_errors import MutationError, UpstreamError, WriteOutcome
from schema.types.source import Source
from tests.context.source import LIST, Terse, request
from tests.store.keeping import Clock
from tests.writes.source import change, creation, deletion

STAGE = {"id", "name", "position"}
"""Fields, one of which the answer lacks."""


@pytest.fixture
async def fake() -> AsyncIterator[Terse]:
    fake = Terse(Clock().moment)
    yield fake
    await fake.close()


@pytest.fixture
async def asking(fake: Terse) -> AsyncIterator[RequestContext]:
    asking = request(fake, Clock())
    yield asking
    await asking.close()


def attaching(fake: Terse, idempotency_key: str | None = None) -> AttachTargetListInput:
    stage = strawberry.ID(str(fake.put("old")))
    return AttachTargetListInput(
        stage_id=stage, target_list_id=strawberry.ID("t"), idempotency_key=idempotency_key
    )


def upstream(said: list[MutationError]) -> UpstreamError:
    [error] = said
    assert isinstance(error, UpstreamError)
    return error


async def test_what_the_answer_lacks_is_read_back_if_it_is_selected(
    fake: Terse, asking: RequestContext
) -> None:
    for selected, asked in (
        (set[str](), 0), ({"id", "name"}, 0), ({"position"}, 1), (STAGE, 2)
    ):  # fmt: skip
        done = await asking.write("createStage", creation(key=None), selected)
        assert done.errors == ()
        assert done.row is list(fake.rows.values())[-1]
        assert len(fake.asked) == asked


async def test_a_bare_answer_tells_the_id_and_no_more(fake: Terse, asking: RequestContext) -> None:
    fake.lacks = EVERYTHING
    for selected, asked in (({"__typename", "id", "source", "sourceId"}, 0), ({"name"}, 1)):
        done = await asking.write("createStage", creation(key=None), selected)
        assert (done.row is list(fake.rows.values())[-1], done.errors) == (True, ())
        assert len(fake.asked) == asked


async def test_a_deletion_reads_nothing_back(fake: Terse, asking: RequestContext) -> None:
    key = fake.put("old")
    done = await asking.write("deleteStage", deletion(key), {"deletedId"})
    assert (done.deleted_id, done.errors, fake.asked) == (str(key), (), [])


async def test_the_list_beside_is_read_if_it_is_selected(
    fake: Terse, asking: RequestContext
) -> None:
    done = await asking.write("attachTargetList", attaching(fake), STAGE)
    assert (done.beside, fake.lists) == (None, 0)
    done = await asking.write("attachTargetList", attaching(fake), {"targetList"})
    assert (done.beside, fake.lists, len(fake.asked)) == (LIST, 1, 1)


FAILURES = {
    "source": (errors.Unavailable(Source.ESPER, "ESPER is down.", status=500), "ESPER is down."),
    "credential": (errors.Forbidden(Source.ESPER, "No.", status=403), "No."),
    "fault": (RuntimeError("hunter2 at https://api.example.com"), "Something went wrong"),
}


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("has_key", [False, True])
async def test_whatever_prevents_reading_back_it_was_done(
    fake: Terse, asking: RequestContext, kind: str, caplog: pytest.LogCaptureFixture, *,
    has_key: bool,
) -> None:  # fmt: skip
    fake.row_failure, words = FAILURES[kind]
    with caplog.at_level(logging.ERROR):
        done = await asking.write("createStage", creation(key="k" if has_key else None), STAGE)
    [key] = fake.rows
    error = upstream(list(done.errors))
    assert (done.row, fake.sent, error.outcome) == (None, 1, WriteOutcome.APPLIED)
    assert error.message.startswith(words)
    assert error.message.endswith(f" It was done ({key}); read it again to see it.")
    assert "hunter2" not in error.message
    assert error.is_retryable is (has_key and kind == "source")
    assert len(caplog.records) == (1 if kind == "fault" else 0), "faults alone are logged"
    if has_key:  # the same again reads it, and writes nothing
        fake.row_failure = None
        done = await asking.write("createStage", creation(), STAGE)
        assert (done.row, done.errors, fake.sent) == (fake.rows[key], (), 1)


@pytest.mark.parametrize("kind", FAILURES)
async def test_what_was_read_is_shown_where_the_list_beside_is_not(
    fake: Terse, asking: RequestContext, kind: str
) -> None:
    fake.beside_failure, words = FAILURES[kind]
    done = await asking.write("attachTargetList", attaching(fake), {*STAGE, "targetList"})
    [row] = fake.rows.values()
    error = upstream(list(done.errors))
    assert (done.row, done.beside, error.outcome) == (row, None, WriteOutcome.APPLIED)
    assert error.message.startswith(words)
    assert f"It was done ({row.id}); read it again" in error.message


async def test_where_the_row_cannot_be_read_the_list_is_not_asked_for(
    fake: Terse, asking: RequestContext
) -> None:
    fake.row_failure = errors.Unavailable(Source.ESPER, "ESPER is down.")
    done = await asking.write("attachTargetList", attaching(fake), {*STAGE, "targetList"})
    assert (done.row, done.beside, len(done.errors), fake.lists) == (None, None, 1, 0)


async def test_what_was_deleted_since_is_told_so(fake: Terse, asking: RequestContext) -> None:
    await asking.write("createStage", creation(), STAGE)
    [key] = fake.rows
    del fake.rows[key]  # by somebody else
    done = await asking.write("createStage", creation(), STAGE)
    error = upstream(list(done.errors))
    assert (error.code, error.outcome) == (ErrorCode.NOT_FOUND, WriteOutcome.APPLIED)
    assert error.message.endswith(f"It was done before ({key}), and somebody has deleted it since.")
    assert (done.row, error.is_retryable, fake.sent) == (None, False, 1)


async def test_a_write_that_failed_reads_nothing_back(fake: Terse, asking: RequestContext) -> None:
    done = await asking.write("createStage", creation(""), STAGE)
    assert (done.row, len(done.errors), fake.asked) == (None, 1, [])
    done = await asking.write("updateStage", change(fake.put("old"), if_version="f" * 24), STAGE)
    assert (done.row, len(done.errors), fake.sent) == (None, 1, 0)
