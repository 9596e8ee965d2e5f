"""Every way to fail is one type of a payload's errors, and none of them says too much."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from gateway import errors
from gateway.app import utc_now
from gateway.writes import Result, told
from gateway.writes.ways import Ask, judge
from schema.types.errors import ErrorCode
from schema.types.ids import GlobalId, Kind
from schema.types.mutation_errors import (
    ConflictError,
    Constraint,
    ForbiddenError,
    IdempotencyError,
    MutationError,
    NotFoundError,
    NotSupportedError,
    UpstreamError,
    ValidationError,
    WriteOutcome,
)
from schema.types.source import Source
from tests.writes.source import Fake, change, creation

NOT_APPLIED, APPLIED, UNKNOWN = (
    WriteOutcome.NOT_APPLIED, WriteOutcome.APPLIED, WriteOutcome.UNKNOWN,
)  # fmt: skip
ESPER = Source.ESPER
STAGE = GlobalId(ESPER, Kind.STAGE, "p", "s")
HOLDER = GlobalId(ESPER, Kind.PIPELINE, "", "p")
NAME = ("input", "stage", "esper", "name")

FAKE = Fake(utc_now)
FAKE.put("as it is", STAGE)
CURRENT = FAKE.rows[STAGE]
SAID = [errors.Complaint(message="No.", constraint=Constraint.LENGTH, field="data.name")]

Upstream = type[errors.UpstreamFailure]


def ask(*, creates: bool = False, can_look: bool = True, holder: Any = None, **plan: Any) -> Ask:
    FAKE.can_look = can_look
    mutation, asked = ("createStage", creation()) if creates else ("updateStage", change(STAGE))
    found = judge(mutation, asked, {ESPER: FAKE})
    return found._replace(plan=msgspec.structs.replace(found.plan, holder=holder, **plan))


def one(
    failure: Exception,
    outcome: WriteOutcome = NOT_APPLIED,
    *,
    has_key: bool = False,
    of: Ask | None = None,
) -> MutationError:
    [error] = told(Result(of or ask(), None, failure, outcome, has_key=has_key))
    return error


def test_where_nothing_went_wrong_nothing_is_told() -> None:
    assert told(Result(ask(), None, None, APPLIED, has_key=True)) == []


INVALID = errors.Invalid([errors.Complaint(message="It is empty.", path=NAME)], ESPER)

Told = tuple[errors.Failure, type[MutationError], ErrorCode, Any, bool]
"""A failure, and its type, code and path, and whether it may be over soon."""

ALL: dict[type[errors.Failure], Told] = {
    errors.Invalid: (INVALID, ValidationError, ErrorCode.VALIDATION, NAME, False),
    errors.NotSupported: (
        errors.NotSupported(ESPER, "STAGE.UPDATE.COLOR", "It has none.", ("input", "color")),
        NotSupportedError, ErrorCode.NOT_SUPPORTED, ("input", "color"), False,
    ),
    errors.Conflict: (
        errors.Conflict(ESPER, "v1", CURRENT),
        ConflictError, ErrorCode.CONFLICT, ("input", "id"), False,
    ),
    errors.KeyReused: (
        errors.KeyReused("k"), IdempotencyError, ErrorCode.IDEMPOTENCY_MISMATCH,
        ("input", "idempotencyKey"), False,
    ),
    errors.NotConnected: (
        errors.NotConnected(ESPER), UpstreamError, ErrorCode.UNAVAILABLE, None, False,
    ),
    errors.Refused: (
        errors.Refused(ESPER, "ESPER refused this.", status=400),
        ValidationError, ErrorCode.VALIDATION, None, False,
    ),
    errors.Missing: (
        errors.Missing(ESPER, "gone", status=404),
        NotFoundError, ErrorCode.NOT_FOUND, ("input", "id"), False,
    ),
    errors.NotAllowed: (
        errors.NotAllowed(ESPER, "write"),
        ForbiddenError, ErrorCode.FORBIDDEN, None, False,
    ),
    errors.Forbidden: (
        errors.Forbidden(ESPER, "no", status=403),
        ForbiddenError, ErrorCode.FORBIDDEN, None, False,
    ),
    errors.Unauthenticated: (
        errors.Unauthenticated(ESPER, "who?", status=401),
        UpstreamError, ErrorCode.UNAUTHENTICATED, None, False,
    ),
    errors.Throttled: (
        errors.Throttled(ESPER, "slow", status=429, retry_after=7),
        UpstreamError, ErrorCode.RATE_LIMITED, None, True,
    ),
    errors.TimedOut: (
        errors.TimedOut(ESPER, "late"), UpstreamError, ErrorCode.TIMED_OUT, None, True,
    ),
    errors.Unavailable: (
        errors.Unavailable(ESPER, "cut"), UpstreamError, ErrorCode.UNAVAILABLE, None, True,
    ),
    errors.NotReached: (
        errors.NotReached(ESPER, "far"), UpstreamError, ErrorCode.UNAVAILABLE, None, True,
    ),
    errors.Resting: (
        errors.Resting(ESPER, "down"), UpstreamError, ErrorCode.UNAVAILABLE, None, True,
    ),
    errors.Unsure: (
        errors.Unsure(ESPER, "maybe"), UpstreamError, ErrorCode.UNAVAILABLE, None, False,
    ),
    errors.BadResponse: (
        errors.BadResponse(ESPER, "what?", status=200),
        UpstreamError, ErrorCode.BAD_RESPONSE, None, False,
    ),
    errors.TooLarge: (
        errors.TooLarge(ESPER, "much"), UpstreamError, ErrorCode.TOO_LARGE, None, False,
    ),
}  # fmt: skip


def all_failures(kind: type[errors.Failure] = errors.Failure) -> Iterator[type[errors.Failure]]:
    for below in kind.__subclasses__():
        yield below
        yield from all_failures(below)


def test_every_failure_is_here() -> None:
    # The latter are of queries' arguments, and of what is refused before it is run.
    roots = {errors.UpstreamFailure, errors.Rejected, errors.Excess}
    assert set(all_failures()) - roots == set(ALL)


@pytest.mark.parametrize("failure", ALL, ids=lambda kind: kind.__name__)
def test_every_failure_has_its_type(failure: type[errors.Failure]) -> None:
    raised, kind, code, path, is_retryable = ALL[failure]
    error = one(raised)
    assert type(error) is kind
    assert (error.code, error.path) == (code, None if path is None else list(path))
    assert error.is_retryable is is_retryable
    assert error.source is (None if failure is errors.KeyReused else ESPER)
    assert raised.message in error.message
    if isinstance(error, UpstreamError):
        assert error.outcome is NOT_APPLIED


def test_each_thing_that_is_not_supported_is_an_error() -> None:
    failure, other = (
        errors.NotSupported(ESPER, f"STAGE.UPDATE.{name.upper()}", f"No {name}.", ("input", name))
        for name in ("position", "color")
    )
    failure.also = [other]
    said = told(Result(ask(), None, failure, NOT_APPLIED, has_key=False))
    assert [(one.path, one.message) for one in said] == [
        (["input", name], f"No {name}.") for name in ("position", "color")
    ]
    assert [one.capability for one in said if isinstance(one, NotSupportedError)] == [
        "STAGE.UPDATE.POSITION", "STAGE.UPDATE.COLOR",
    ]  # fmt: skip


def test_each_type_tells_its_own() -> None:
    conflict = one(ALL[errors.Conflict][0])
    assert isinstance(conflict, ConflictError)
    assert (conflict.expected_version, conflict.current) == ("v1", CURRENT)
    assert conflict.actual_version == CURRENT.origin.version()
    lacking = one(ALL[errors.NotSupported][0])
    assert isinstance(lacking, NotSupportedError)
    assert lacking.capability == "STAGE.UPDATE.COLOR"
    reused = one(ALL[errors.KeyReused][0])
    assert isinstance(reused, IdempotencyError)
    assert reused.key == "k"
    slow = one(ALL[errors.Throttled][0])
    assert isinstance(slow, UpstreamError)
    assert (slow.retry_after_seconds, slow.upstream_status) == (7, 429)


LOOKS, KEY = "the gateway looks first", "look before you write it again"


@pytest.mark.parametrize(("outcome", "has_key", "can_look", "advice", "is_retryable"), [
    (NOT_APPLIED, False, False, "Nothing was changed.", True),
    (NOT_APPLIED, True, True, "Nothing was changed.", True),
    (UNKNOWN, False, True, KEY, False),
    (UNKNOWN, True, True, LOOKS, True),
    (UNKNOWN, True, False, KEY, False),
    (APPLIED, False, True, "It was done; read it again", False),
    (APPLIED, True, True, "It was done; read it again", True),
])  # fmt: skip
def test_what_to_do_depends_on_what_is_known(
    outcome: WriteOutcome, has_key: bool, can_look: bool, advice: str, is_retryable: bool
) -> None:
    for failure in (errors.Unavailable(ESPER, "x"), errors.TimedOut(ESPER, "x")):
        error = one(failure, outcome, has_key=has_key, of=ask(can_look=can_look))
        assert isinstance(error, UpstreamError)
        assert error.message.startswith(f"x {advice}") or advice in error.message
        assert (error.outcome, error.is_retryable) == (outcome, is_retryable)
    for lasting in (errors.BadResponse, errors.Unauthenticated, errors.TooLarge):
        error = one(lasting(ESPER, "x"), outcome, has_key=has_key, of=ask(can_look=can_look))
        assert not error.is_retryable


@pytest.mark.parametrize("is_passing", [True, False])
@pytest.mark.parametrize("can_look", [True, False])
def test_who_is_unsure_of_an_earlier_try_says_itself_what_to_do(
    *, can_look: bool, is_passing: bool
) -> None:
    failure = errors.Unsure(ESPER, "Look for it yourself.", is_passing=is_passing)
    error = one(failure, UNKNOWN, has_key=True, of=ask(can_look=can_look))
    assert error.message == "Look for it yourself."
    assert error.is_retryable is (can_look and is_passing)
    assert one(failure, NOT_APPLIED).is_retryable is is_passing


@pytest.mark.parametrize("outcome", [APPLIED, UNKNOWN])
@pytest.mark.parametrize("kind", [errors.Missing, errors.Forbidden, errors.Refused])
def test_types_that_say_that_nothing_changed_are_told_only_then(
    kind: Upstream, outcome: WriteOutcome
) -> None:
    """Such as a look after an unknown try, or the reading back, that the source refuses."""
    error = one(kind(ESPER, "x", status=404), outcome)
    assert isinstance(error, UpstreamError)
    assert (error.outcome, error.upstream_status) == (outcome, 404)


def test_complaints_are_one_error_each_at_the_field_that_they_are_of() -> None:
    said = [*SAID, errors.Complaint(message="Odd.", field="unheard"),
            errors.Complaint(message="Here.", field="data.name", path=("input", "id")),
            errors.Complaint(message="", field="data.name")]  # fmt: skip
    failure = errors.Refused(ESPER, "ESPER refused this.", status=422, complaints=said)
    own = ask(paths={"data.name": NAME})
    found = told(Result(own, None, failure, NOT_APPLIED, has_key=False))
    assert all(isinstance(error, ValidationError) for error in found)
    assert [(error.message, error.path, getattr(error, "constraint", None)) for error in found] == [
        ("No.", list(NAME), Constraint.LENGTH),
        ("Odd.", None, Constraint.OTHER),
        ("Here.", ["input", "id"], Constraint.OTHER),
        ("ESPER refused this.", list(NAME), Constraint.OTHER),
    ]


def test_a_source_s_own_conflict_has_no_versions() -> None:
    said = [errors.Complaint(message="No.")]  # of nothing that the input has
    failure = errors.Refused(ESPER, "ESPER refused this.", status=409, complaints=said)
    error = one(failure)
    assert isinstance(error, ConflictError)
    assert (error.code, error.path) == (ErrorCode.CONFLICT, ["input", "id"])
    assert (error.expected_version, error.actual_version, error.current) == (None, None, None)
    assert error.message == "ESPER refused this. It says: No."


@pytest.mark.parametrize("named", [SAID[0], errors.Complaint(message="No.", path=NAME)])
def test_a_source_s_own_conflict_about_a_field_is_told_at_the_field(
    named: errors.Complaint,
) -> None:
    """Such as a name that is taken already."""
    said = [errors.Complaint(message="Odd."), named]
    failure = errors.Refused(ESPER, "ESPER refused this.", status=409, complaints=said)
    found = told(Result(ask(paths={"data.name": NAME}), None, failure, NOT_APPLIED, has_key=False))
    assert [type(error) for error in found] == [ValidationError] * 2
    assert [(error.message, error.path) for error in found] == [("Odd.", None), ("No.", list(NAME))]


def test_a_source_s_words_are_passed_on() -> None:
    forbidden = one(errors.Forbidden(ESPER, "no", status=403, complaints=SAID))
    assert isinstance(forbidden, ForbiddenError)
    assert (forbidden.reason, forbidden.message) == ("No.", "no It says: No.")
    silent = one(errors.Forbidden(ESPER, "no", status=403))
    assert isinstance(silent, ForbiddenError)
    assert (silent.reason, silent.message) == (None, "no")
    throttled = one(errors.Throttled(ESPER, "slow", status=429, complaints=SAID))
    assert throttled.message == "slow It says: No. Nothing was changed."


def test_what_is_missing_is_the_object_or_what_holds_a_new_one() -> None:
    failure = errors.Missing(ESPER, "gone", status=404)
    found = one(failure)
    assert isinstance(found, NotFoundError)
    assert (found.id, found.path) == (str(STAGE), ["input", "id"])
    path = ("input", "stage", "esper", "pipelineId")
    found = one(failure, of=ask(creates=True, holder=(HOLDER, path)))
    assert isinstance(found, NotFoundError)
    assert (found.id, found.path) == (str(HOLDER), list(path))
    found = one(failure, of=ask(creates=True))
    assert isinstance(found, ValidationError)
    assert (found.constraint, found.path) == (Constraint.REFERENCE, None)


@pytest.mark.parametrize("outcome", WriteOutcome)
@pytest.mark.parametrize("of", [None, ask()])
def test_what_nobody_foresaw_is_masked(outcome: WriteOutcome, of: Ask | None) -> None:
    failure = RuntimeError("hunter2 at https://api.example.com")
    [error] = told(Result(of, None, failure, outcome, has_key=False))
    assert isinstance(error, UpstreamError)
    assert (error.code, error.outcome) == (ErrorCode.INTERNAL, outcome)
    assert (error.source, error.path) == (of and ESPER, None)
    assert "hunter2" not in error.message
    assert "api.example" not in error.message
    assert not error.is_retryable


@pytest.mark.parametrize("failure", ALL, ids=lambda kind: kind.__name__)
def test_every_failure_can_be_told_where_nothing_was_planned(
    failure: type[errors.Failure],
) -> None:
    assert told(Result(None, None, ALL[failure][0], NOT_APPLIED, has_key=True))
