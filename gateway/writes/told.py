"""What went wrong with a write, as a payload tells it."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from gateway import errors
from gateway.writes.writer import Result
from schema.types.errors import ErrorCode
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

_PASSING = {ErrorCode.RATE_LIMITED, ErrorCode.TIMED_OUT, ErrorCode.UNAVAILABLE}
"""What may be over when the same is asked again."""

_ADVICE = {
    WriteOutcome.NOT_APPLIED: "Nothing was changed.",
    WriteOutcome.APPLIED: "It was done; read it again to see it.",
    WriteOutcome.UNKNOWN: "It may have been done: look before you write it again.",
}

_ADVICE_WITH_KEY = (
    "It may have been done: send the same again with the same idempotency key, and the gateway "
    "looks first."
)

_CONFLICT = 409

_MASKED = "Something went wrong inside the gateway; its log has the details."


def told(result: Result) -> list[MutationError]:
    """Return a write's errors; none if nothing went wrong."""
    failure = result.failure
    if failure is None:
        return []
    if isinstance(failure, errors.UpstreamFailure):
        return _of_source(failure, result)
    return _of_caller(failure, result)


def _of_caller(failure: Exception, result: Result) -> list[MutationError]:
    """Tell of what was refused without asking the source, and of what nobody foresaw."""
    match failure:
        case errors.Invalid():
            return _complaints(failure.complaints, failure.source, result)
        case errors.NotSupported():
            return [
                NotSupportedError(
                    **_said(one, one.message, one.source, one.path), capability=one.capability
                )
                for one in (failure, *failure.also)
            ]
        case errors.Conflict():
            return [
                ConflictError(
                    **_said(failure, failure.message, failure.source, _at(result)),
                    expected_version=failure.expected,
                    actual_version=failure.current.origin.version(),
                    current=failure.current,
                )
            ]
        case errors.KeyReused():
            path = ("input", "idempotencyKey")
            return [
                IdempotencyError(**_said(failure, failure.message, None, path), key=failure.key)
            ]
        case errors.NotConnected():
            return [
                UpstreamError(
                    **_said(failure, failure.message, failure.source, None),
                    outcome=WriteOutcome.NOT_APPLIED,
                )
            ]
        case _:
            source = result.ask and result.ask.adapter.id
            message = f"{_MASKED} {_advice(result)}"
            said = _plain(ErrorCode.INTERNAL, message, source, None)
            return [UpstreamError(**said, outcome=result.outcome)]


def _of_source(failure: errors.UpstreamFailure, result: Result) -> list[MutationError]:
    """Tell of what the source answered, or did not."""
    words = " ".join(one.message for one in failure.complaints if one.message)
    message = f"{failure.message} It says: {words}" if words else failure.message
    if result.outcome is not WriteOutcome.NOT_APPLIED:  # all other types say that nothing changed
        return [_upstream(failure, message, result)]
    match failure:
        case errors.Refused(status=status) if status != _CONFLICT or _names_a_field(failure):
            said = failure.complaints or [errors.Complaint(message="")]
            return _complaints(said, failure.source, result, failure.message)
        case errors.Refused():
            conflict = _plain(ErrorCode.CONFLICT, message, failure.source, _at(result))
            return [ConflictError(**conflict)]
        case errors.Missing():
            return [_missing(failure, message, result)]
        case errors.Forbidden():
            said = _said(failure, message, failure.source, None)
            return [ForbiddenError(**said, reason=words or None)]
        case _:
            return [_upstream(failure, message, result)]


def _names_a_field(failure: errors.UpstreamFailure) -> bool:
    return any(one.field or one.path for one in failure.complaints)


def _upstream(failure: errors.UpstreamFailure, message: str, result: Result) -> MutationError:
    """Tell that the source was no use; one that is not sure of an earlier try says what to do."""
    words = message if isinstance(failure, errors.Unsure) else f"{message} {_advice(result)}"
    said = _said(failure, words, failure.source, None)
    is_safe = result.outcome is WriteOutcome.NOT_APPLIED or _is_kept_to_once(result)
    is_passing = getattr(failure, "is_passing", failure.code in _PASSING)
    said["is_retryable"] = is_passing and is_safe
    return UpstreamError(
        **said,
        upstream_status=failure.status,
        retry_after_seconds=failure.retry_after,
        outcome=result.outcome,
    )


def _is_kept_to_once(result: Result) -> bool:
    """Tell whether the same may be sent again: it has a key, and what it did can be looked for."""
    return result.has_key and result.ask is not None and result.ask.plan.look is not None


def _missing(failure: errors.Missing, message: str, result: Result) -> MutationError:
    """Tell what is missing: the object, or what a new one was to be put into."""
    ask = result.ask
    key, path = (ask.key, _at(result)) if ask else (None, None)
    if ask and ask.plan.holder:
        key, path = ask.plan.holder
    if key is None:  # something that the input of a create names
        unknown = errors.Complaint(message=message, constraint=Constraint.REFERENCE)
        return _complaint(unknown, failure.source, result)
    said = _said(failure, message, failure.source, path)
    return NotFoundError(**said, id=strawberry.ID(str(key)))


def _complaints(
    said: Sequence[errors.Complaint], source: Source | None, result: Result, general: str = ""
) -> list[MutationError]:
    return [_complaint(one, source, result, general) for one in said]


def _complaint(
    one: errors.Complaint, source: Source | None, result: Result, general: str = ""
) -> MutationError:
    """Tell of one thing that is wrong, in general words where the source has none."""
    paths: Mapping[str, errors.Path] = result.ask.plan.paths if result.ask else {}
    path = one.path or paths.get(one.field)
    said = _plain(ErrorCode.VALIDATION, one.message or general, source, path)
    return ValidationError(**said, constraint=one.constraint)


def _at(result: Result) -> errors.Path | None:
    """Return where the input names the object."""
    return result.ask.at if result.ask else None


def _advice(result: Result) -> str:
    if result.outcome is WriteOutcome.UNKNOWN and _is_kept_to_once(result):
        return _ADVICE_WITH_KEY
    if result.written is None:
        return _ADVICE[result.outcome]
    if isinstance(result.failure, errors.Missing):
        return f"It was done before ({result.written.key}), and somebody has deleted it since."
    return f"It was done ({result.written.key}); read it again to see it."


def _said(
    failure: errors.Failure, message: str, source: Source | None, path: errors.Path | None
) -> dict[str, Any]:
    return _plain(failure.code, message, source, path)


def _plain(
    code: ErrorCode, message: str, source: Source | None, path: errors.Path | None
) -> dict[str, Any]:
    """Return what all errors of payloads have."""
    return {
        "code": code,
        "message": message,
        "path": None if path is None else list(path),
        "source": source,
        "is_retryable": False,
    }
