"""Every way to fail.

    Failure                  anything that a caller may be told
    |-- Rejected             the caller's fault: the input is wrong
    `-- UpstreamFailure      the source's fault
        |-- Missing          404: the object does not exist; lookups turn it into null
        |-- Unauthenticated  401: the credential is refused
        |-- Forbidden        403: the credential may not
        |-- Throttled        429: called too often
        |-- TimedOut         no whole answer inside the deadline
        |-- Unavailable      not reached, cut off, or 5xx
        |-- BadResponse      an answer that makes no sense
        `-- TooLarge         more pages than one list may read

Whatever is not of this tree is a fault of the gateway's own: it is logged and masked.
"""

from typing import ClassVar

from schema.types.errors import ErrorCode
from schema.types.source import Source


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


class UpstreamFailure(Failure):
    """A source failed.

    Args:
        source: which one.
        message: what to tell the caller; no upstream text.
        status: HTTP status of the source's answer, if there was one.
        retry_after: seconds to wait before asking again, if the source told.
        reason: why, in the source's own words as its call reads them; the caller is not told.
    """

    def __init__(
        self,
        source: Source,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        reason: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.source = source
        self.status = status
        self.retry_after = retry_after
        self.reason = reason

    def extensions(self) -> dict[str, object]:
        """Tell the source, its status and when to ask again."""
        return {
            **super().extensions(),
            "source": self.source.name,
            "upstreamStatus": self.status,
            "retryAfterSeconds": self.retry_after,
        }


class Missing(UpstreamFailure):
    """The object does not exist, or not for this credential."""

    code = ErrorCode.NOT_FOUND


class Unauthenticated(UpstreamFailure):
    """The credential is refused."""

    code = ErrorCode.UNAUTHENTICATED


class Forbidden(UpstreamFailure):
    """The credential may not do this."""

    code = ErrorCode.FORBIDDEN


class Throttled(UpstreamFailure):
    """Called too often."""

    code = ErrorCode.RATE_LIMITED


class TimedOut(UpstreamFailure):
    """No whole answer inside the deadline."""

    code = ErrorCode.TIMED_OUT


class Unavailable(UpstreamFailure):
    """Not reached, cut off, or down."""

    code = ErrorCode.UNAVAILABLE


class BadResponse(UpstreamFailure):
    """An answer that makes no sense."""

    code = ErrorCode.BAD_RESPONSE


class TooLarge(UpstreamFailure):
    """More pages than one list may read."""

    code = ErrorCode.TOO_LARGE
