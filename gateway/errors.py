"""Every way to fail.

    Failure                  anything that a caller may be told
    |-- Rejected             the caller's fault: an argument is wrong
    |-- Invalid              the caller's fault: a write's input is wrong
    |-- Excess               the caller's fault: the request asks for more than is allowed
    |-- NotSupported         the source cannot do this
    |-- Conflict             the object changed since the caller read it
    |-- KeyReused            an idempotency key came with another input before
    |-- NotConnected         the source has no credential here
    `-- UpstreamFailure      the source's fault
        |-- Refused          400, 409 or 422 to a write: the source does not want it so
        |-- Missing          404: the object does not exist; lookups turn it into null
        |-- Unauthenticated  401: the credential is refused
        |-- Forbidden        403: the credential may not
        |   `-- NotAllowed   the caller's roles may not; nothing was sent
        |-- Throttled        429: called too often
        |-- TimedOut         no whole answer inside the deadline
        |-- Unavailable      cut off, or 5xx
        |   |-- NotReached   no connection, so nothing was sent
        |   `-- Resting      not asked, since its latest calls failed
        |-- Unsure           whether an earlier try of a write was applied cannot be told
        |-- BadResponse      an answer that makes no sense
        `-- TooLarge         more pages than one list may read, or calls than one request may make

Whatever is not of this tree is a fault of the gateway's own: it is logged and masked.
"""

from collections.abc import Sequence
from typing import ClassVar, Self

import msgspec

from schema.types.errors import ErrorCode
from schema.types.mutation_errors import Constraint
from schema.types.resource import Resource
from schema.types.source import Source

Path = tuple[str, ...]
"""Where in a mutation's arguments something stands, such as ("input", "stage", "esper", "name")."""


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with an input.

    Attributes:
        message: what is wrong and what to do; a vendor's words where the vendor found it.
        constraint: which rule it breaks.
        path: where it stands in the input; None where that is not known.
        field: the vendor's name of what it complains of, dotted, "" where it tells none.
    """

    message: str
    constraint: Constraint = Constraint.OTHER
    path: Path | None = None
    field: str = ""


class Failure(Exception):  # noqa: N818 - the tree's names say what happened
    """Something that a caller may be told.

    Args:
        message: what was wrong and what to do, for the caller; no secret, URL or upstream text.
    """

    code: ClassVar[ErrorCode]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def extensions(self) -> dict[str, object]:
        """Return what a top-level error carries beside its message."""
        return {"code": self.code.value}


class Rejected(Failure):
    """The input is wrong."""

    code = ErrorCode.VALIDATION


class Excess(Failure):
    """The request asks for more than it may; nothing was run.

    Args:
        message: what was asked and what is allowed.
        bound: which of the bounds, such as "depth".
        allowed: how much there may be. requested: how much there is.
    """

    code = ErrorCode.TOO_LARGE

    def __init__(self, message: str, *, bound: str, allowed: int, requested: int) -> None:
        super().__init__(message)
        self.bound = bound
        self.allowed = allowed
        self.requested = requested

    def extensions(self) -> dict[str, object]:
        """Tell how much is allowed, and how much was asked for."""
        told = {"bound": self.bound, "allowed": self.allowed, "requested": self.requested}
        return {**super().extensions(), **told}


class Invalid(Failure):
    """A write's input is wrong; nothing was sent.

    Args:
        complaints: all that is wrong with it, at least one.
        source: the source that it was meant for, if that is known.
    """

    code = ErrorCode.VALIDATION

    def __init__(self, complaints: Sequence[Complaint], source: Source | None = None) -> None:
        super().__init__("; ".join(one.message for one in complaints))
        self.complaints = complaints
        self.source = source


class NotSupported(Failure):
    """A source cannot do what is asked; nothing was sent.

    Args:
        source: which one.
        capability: what it lacks, such as "STAGE.DELETE".
        message: that it cannot, and what can be done instead.
        path: the input field that asks for it; None is the mutation itself.

    Attributes:
        also: what else is asked for that the source cannot do.
    """

    code = ErrorCode.NOT_SUPPORTED

    def __init__(
        self, source: Source, capability: str, message: str, path: Path | None = None
    ) -> None:
        super().__init__(message)
        self.source = source
        self.capability = capability
        self.path = path
        self.also: Sequence[NotSupported] = ()


class Conflict(Failure):
    """The object is no longer the one that the caller read; nothing was sent.

    Args:
        source: where it lives.
        expected: the version that the caller read.
        current: the object as it is.
    """

    code = ErrorCode.CONFLICT

    def __init__(self, source: Source, expected: str, current: Resource) -> None:
        super().__init__(
            "The object changed since this version of it was read; read it again, and decide anew."
        )
        self.source = source
        self.expected = expected
        self.current = current


class KeyReused(Failure):
    """An idempotency key was used before with another input; nothing was sent.

    Args:
        key: as the caller gave it.
    """

    code = ErrorCode.IDEMPOTENCY_MISMATCH

    def __init__(self, key: str) -> None:
        super().__init__(
            "This idempotency key was used before with another input; a new write takes a new key."
        )
        self.key = key


class NotConnected(Failure):
    """A source has no credential here; nothing was sent.

    Args:
        source: which one.
    """

    code = ErrorCode.UNAVAILABLE

    def __init__(self, source: Source) -> None:
        super().__init__(f"{source.name} is not connected; an operator must set its credential.")
        self.source = source


class UpstreamFailure(Failure):
    """A source failed.

    Args:
        source: which one.
        message: what to tell the caller; no upstream text.
        status: HTTP status of the source's answer, if there was one.
        retry_after: seconds to wait before asking again, if the source told.
        reason: why, in the source's own words as its call reads them; the caller is not told.
        complaints: what the source said of a write, as its call reads it; the caller is told.
    """

    _is_outage: ClassVar[bool] = False

    def __init__(
        self,
        source: Source,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        reason: tuple[str, ...] = (),
        complaints: Sequence[Complaint] = (),
    ) -> None:
        super().__init__(message)
        self.source = source
        self.status = status
        self.retry_after = retry_after
        self.reason = reason
        self.complaints = complaints

    @property
    def is_outage(self) -> bool:
        """Whether the source is in trouble; one that finds fault with a call does well."""
        return self._is_outage

    def to_keep(self) -> Self:
        """Return it without what it was raised by, which holds all that was at hand then."""
        self.__traceback__ = self.__cause__ = self.__context__ = None
        return self

    def extensions(self) -> dict[str, object]:
        """Tell the source, its status and when to ask again."""
        return {
            **super().extensions(),
            "source": self.source.name,
            "upstreamStatus": self.status,
            "retryAfterSeconds": self.retry_after,
        }


class Refused(UpstreamFailure):
    """A write was not taken as it was; it was not applied."""

    code = ErrorCode.VALIDATION


class Missing(UpstreamFailure):
    """The object does not exist, or not for this credential."""

    code = ErrorCode.NOT_FOUND


class Unauthenticated(UpstreamFailure):
    """The credential is refused."""

    code = ErrorCode.UNAUTHENTICATED


class Forbidden(UpstreamFailure):
    """The credential may not do this."""

    code = ErrorCode.FORBIDDEN


class NotAllowed(Forbidden):
    """The caller's roles do not allow it; nothing was sent.

    Args:
        source: which one.
        what: "read" or "write".
    """

    def __init__(self, source: Source, what: str) -> None:
        message = (
            f"You may not {what} {source.name}; that takes the role {what} or "
            f"{source.value}:{what}, which an operator can give."
        )
        super().__init__(source, message)


class Throttled(UpstreamFailure):
    """Called too often."""

    code = ErrorCode.RATE_LIMITED


class TimedOut(UpstreamFailure):
    """No whole answer inside the deadline."""

    code = ErrorCode.TIMED_OUT
    _is_outage = True


class Unavailable(UpstreamFailure):
    """Not reached, cut off, or down."""

    code = ErrorCode.UNAVAILABLE
    _is_outage = True


class NotReached(Unavailable):
    """There was no connection; nothing was sent."""


class Resting(Unavailable):
    """Not asked for a moment, since its latest calls failed; nothing was sent."""


class Unsure(UpstreamFailure):
    """Whether an earlier try of a write was applied cannot be told; nothing was sent now.

    Args:
        source: which one.
        message: what to tell the caller.
        is_passing: whether the same may be told later.
    """

    code = ErrorCode.UNAVAILABLE

    def __init__(self, source: Source, message: str, *, is_passing: bool = False) -> None:
        super().__init__(source, message)
        self.is_passing = is_passing


class BadResponse(UpstreamFailure):
    """An answer that makes no sense."""

    code = ErrorCode.BAD_RESPONSE

    @property
    def is_outage(self) -> bool:
        """Whether it does not find fault with the call, as a status of 400 to 499 does."""
        return self.status is None or not 400 <= self.status < 500  # noqa: PLR2004 - told above


class TooLarge(UpstreamFailure):
    """More pages than one list may read, or more calls than one request may make."""

    code = ErrorCode.TOO_LARGE
