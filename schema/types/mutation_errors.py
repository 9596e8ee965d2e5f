"""What can go wrong with a mutation, as data in its payload."""

from enum import Enum

import strawberry

from schema.types.described import described
from schema.types.errors import ErrorCode
from schema.types.resource import Resource
from schema.types.source import Source


@strawberry.enum(description="Which rule an input breaks.")
class Constraint(Enum):
    """Carried by validation errors."""

    REQUIRED = described("REQUIRED", "Something is missing or empty.")
    LENGTH = described("LENGTH", "A text or a list is too long or too short.")
    RANGE = described("RANGE", "A number is too large or too small.")
    FORMAT = described("FORMAT", "It does not have the form that it must have.")
    UNIQUE = described("UNIQUE", "Another object has it already.")
    ALLOWED_VALUE = described("ALLOWED_VALUE", "It is none of the values that are taken here.")
    REFERENCE = described(
        "REFERENCE", "It names something that does not exist, or of a wrong type."
    )
    WRONG_SOURCE = described("WRONG_SOURCE", "It belongs to another source.")
    TRANSITION = described("TRANSITION", "The workflow does not let a work go there from here.")
    OTHER = described("OTHER", "Another rule; the message tells.")


@strawberry.enum(description="What became of a write.")
class WriteOutcome(Enum):
    """Whether the source changed anything."""

    NOT_APPLIED = described("NOT_APPLIED", "Nothing was changed.")
    APPLIED = described("APPLIED", "It was done, but the object could not be read back.")
    UNKNOWN = described(
        "UNKNOWN", "No answer came that tells; it may have been done. Look before you write again."
    )


@strawberry.interface(
    description="What went wrong with a mutation. It is an answer, not a failure of the request: "
    "the message says what to do."
)
class MutationError:
    """The fields that all errors of payloads have."""

    code: ErrorCode = strawberry.field(description="What kind of failure it is.")
    message: str = strawberry.field(
        description="What went wrong and what to do, for people; the source's own words are part "
        "of it where it told any."
    )
    path: list[str] | None = strawberry.field(
        description="Where in the mutation's arguments the cause stands: names of fields from "
        '"input" on, and places in lists from "0". Null where it is no single place.',
        default=None,
    )
    source: Source | None = strawberry.field(
        description="The source that it is about; null where the gateway could not tell one.",
        default=None,
    )
    is_retryable: bool = strawberry.field(
        description="Whether the same mutation may be sent again as it is: it may succeed then, "
        "and is not done twice.",
        default=False,
    )


@strawberry.type(description="A part of the input is wrong; each such part has an error.")
class ValidationError(MutationError):
    """Found by the gateway before anything is sent, or by the source; nothing was changed."""

    constraint: Constraint = strawberry.field(description="Which rule the input breaks.")


@strawberry.type(
    description="The object, or one that it was to be put into, does not exist. Nothing was "
    "changed."
)
class NotFoundError(MutationError):
    """Also where the credential may not see it: sources do not tell the two apart."""

    id: strawberry.ID = strawberry.field(description="Global id of what does not exist.")


@strawberry.type(
    description="The object is not the one that was read before, or another change was under way. "
    "Nothing was changed: read it again and decide anew."
)
class ConflictError(MutationError):
    """Of `ifVersion`, or the source's own."""

    expected_version: str | None = strawberry.field(
        description="The version in `ifVersion`; null where the source itself found the conflict.",
        default=None,
    )
    actual_version: str | None = strawberry.field(
        description="The version that the object has; null where the source itself found the "
        "conflict.",
        default=None,
    )
    current: Resource | None = strawberry.field(
        description="The object as it is; null where the source itself found the conflict.",
        default=None,
    )


@strawberry.type(
    description="The idempotency key was used before with another input. Nothing was changed."
)
class IdempotencyError(MutationError):
    """A new write needs a new key."""

    key: str = strawberry.field(description="The key.")


@strawberry.type(description="It is not allowed to the caller, or to the gateway's credential.")
class ForbiddenError(MutationError):
    """Nothing was changed."""

    reason: str | None = strawberry.field(
        description="Why, in the source's own words; null where it does not tell.", default=None
    )


@strawberry.type(
    description="The source cannot do this at all; the message says what to do instead."
)
class NotSupportedError(MutationError):
    """Nothing was sent."""

    capability: str = strawberry.field(
        description="What the source lacks, such as STAGE.DELETE or STAGE.UPDATE.COLOR."
    )


@strawberry.type(
    description="The source could not be reached, or its answer was no use. `outcome` tells "
    "whether anything was changed."
)
class UpstreamError(MutationError):
    """Any code that no other type is for; also a fault of the gateway's own."""

    upstream_status: int | None = strawberry.field(
        description="HTTP status of the source's answer; null where there was none.", default=None
    )
    retry_after_seconds: float | None = strawberry.field(
        description="Seconds that the source asks to be left alone; null where it does not.",
        default=None,
    )
    outcome: WriteOutcome = strawberry.field(description="What became of the write.")
