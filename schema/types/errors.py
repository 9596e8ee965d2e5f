"""The codes that errors carry, the same in top-level errors, in reports and in payloads."""

from enum import Enum

import strawberry

from schema.types.described import described


@strawberry.enum(description="What kind of failure an error tells of.")
class ErrorCode(Enum):
    """Carried as `extensions.code` by top-level errors."""

    VALIDATION = described("VALIDATION", "The input is wrong; the message says what it takes.")
    NOT_FOUND = described("NOT_FOUND", "The object does not exist, or not for this credential.")
    CONFLICT = described("CONFLICT", "The object changed since it was read.")
    UNAUTHENTICATED = described(
        "UNAUTHENTICATED", "The source refused the credential; an operator must renew it."
    )
    FORBIDDEN = described("FORBIDDEN", "The credential may not do this.")
    NOT_SUPPORTED = described("NOT_SUPPORTED", "The source cannot do this.")
    RATE_LIMITED = described("RATE_LIMITED", "The source asks to be called less; try again later.")
    TIMED_OUT = described("TIMED_OUT", "The source did not answer in time.")
    UNAVAILABLE = described("UNAVAILABLE", "The source could not be reached, or is down.")
    BAD_RESPONSE = described("BAD_RESPONSE", "The source answered something that makes no sense.")
    IDEMPOTENCY_MISMATCH = described(
        "IDEMPOTENCY_MISMATCH", "The idempotency key was used before with another input."
    )
    TOO_LARGE = described("TOO_LARGE", "Answering would cost more than is allowed; ask for less.")
    INTERNAL = described("INTERNAL", "A fault of the gateway's own; its log has the details.")
