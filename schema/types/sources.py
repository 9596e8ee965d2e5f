"""What the graph tells of its sources: how each did in a list, and what each can do."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.types.described import described
from schema.types.errors import ErrorCode
from schema.types.source import Source


@strawberry.enum(description="How a source did.")
class SourceStatus(Enum):
    """OK, or what went wrong."""

    OK = described("OK", "Answered whole.")
    STALE = described("STALE", "In trouble; kept rows past their time were served.")
    PARTIAL = described("PARTIAL", "Answered, but some rows made no sense and were left out.")
    UNAUTHENTICATED = described("UNAUTHENTICATED", "Refused the credential.")
    FORBIDDEN = described("FORBIDDEN", "The credential may not read this.")
    RATE_LIMITED = described("RATE_LIMITED", "Asked to be called less.")
    TIMED_OUT = described("TIMED_OUT", "Did not answer in time.")
    UNAVAILABLE = described("UNAVAILABLE", "Could not be reached, or is down.")
    BAD_RESPONSE = described("BAD_RESPONSE", "Answered something that makes no sense.")
    TOO_LARGE = described("TOO_LARGE", "Has more pages than one list may read; filter the list.")


@strawberry.type(description="Why a source's rows are missing.")
class SourceError:
    """In the gateway's words; a vendor's own text is not passed on."""

    code: ErrorCode = strawberry.field(description="The kind of failure.")
    message: str = strawberry.field(description="What went wrong and what to do.")
    retry_after_seconds: float | None = strawberry.field(
        description="Seconds to wait before asking again, where the source told.", default=None
    )
    upstream_status: int | None = strawberry.field(
        description="HTTP status of the source's answer, where it gave one.", default=None
    )


@strawberry.type(description="How one source did in one list.")
class SourceReport:
    """Sources that were not asked have none."""

    source: Source = strawberry.field(description="The source.")
    status: SourceStatus = strawberry.field(description="How it did.")
    item_count: int = strawberry.field(description="Rows of this page that came from it.")
    upstream_calls: int = strawberry.field(description="Calls to it that this list waited for.")
    latency_ms: float | None = strawberry.field(
        description="Milliseconds that this list waited for it.", default=None
    )
    error: SourceError | None = strawberry.field(
        description="What went wrong, if anything did.", default=None
    )


@strawberry.enum(description="A type of object that sources may have.")
class ResourceType(Enum):
    """The types that capabilities speak of."""

    STAGE = described("STAGE", "Stages.")
    WORK = described("WORK", "Works.")
    PIPELINE = described("PIPELINE", "Pipelines.")
    WORKFLOW = described("WORKFLOW", "Workflows.")
    TARGET_LIST = described("TARGET_LIST", "Target lists.")


@strawberry.enum(description="Something that can be done with a type of object.")
class Operation(Enum):
    """Reads and writes."""

    LIST = described("LIST", "Listed.")
    GET = described("GET", "Fetched by id.")
    CREATE = described("CREATE", "Created.")
    UPDATE = described("UPDATE", "Changed.")
    DELETE = described("DELETE", "Deleted.")
    MOVE = described("MOVE", "Moved to another stage.")
    ATTACH = described("ATTACH", "Attached to a stage.")
    DETACH = described("DETACH", "Detached from a stage.")
    DUPLICATE = described("DUPLICATE", "Duplicated.")


@strawberry.type(description="What a source can do with one type of object.")
class Capability:
    """Read off the source's own code."""

    type: ResourceType = strawberry.field(description="The type of object.")
    operations: list[Operation] = strawberry.field(description="What can be done with it.")
    filters: list[str] = strawberry.field(
        description="Filters that the source serves itself; the gateway applies all others."
    )
    orders: list[str] = strawberry.field(
        description="Orders that the source serves itself; the gateway makes all others."
    )


@strawberry.type(description="A source and how it is doing.")
class SourceInfo:
    """No call is made to find out: status and time are of the latest calls."""

    source: Source = strawberry.field(description="The source.")
    is_connected: bool = strawberry.field(description="Whether a credential for it is set.")
    status: SourceStatus | None = strawberry.field(
        description="How its latest call went; null before the first.", default=None
    )
    last_success_at: datetime | None = strawberry.field(
        description="When it last answered well; null before that.", default=None
    )
    capabilities: list[Capability] = strawberry.field(description="What it can do.")
