"""Outreach's answers in Outreach's words: JSON:API resources whose ids are integers.

Ids are accepted as texts too, as strict JSON:API has them.
"""

from math import isfinite, nan
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from gateway.upstream.origin import Time
from gateway.upstream.parts import Late

Number = (
    Annotated[int, Meta(ge=1, lt=10**18)] | Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,17}\Z")]
)


class Reference(Struct, frozen=True):
    """Names a resource."""

    type: str
    id: Number


class ToOne(Struct, frozen=True):
    """A relationship to one resource or none; `data` is left out where only links are sent."""

    data: Reference | None = None


class StageAttributes(Struct, frozen=True, rename="camel"):
    """Attributes of a stage; `order` is an integer in one of Outreach's schemas, else a number."""

    name: str | None = None
    order: float | None = None
    color: str | None = None
    created_at: Time | None = None
    updated_at: Time | None = None


class StageRelationships(Struct, frozen=True):
    """Relationships of a stage; prospects are links only."""

    creator: ToOne | None = None
    updater: ToOne | None = None


class StageMeta(Struct, frozen=True, rename="camel"):
    """Metadata, sent on request."""

    can_write: bool | None = None
    can_delete: bool | None = None
    data_connections: Any = None


class Stage(Struct, frozen=True):
    """A stage."""

    id: Number
    attributes: StageAttributes | None = None
    relationships: Late[StageRelationships] = None
    meta: Late[StageMeta] = None


class UserAttributes(Struct, frozen=True, rename="camel"):
    """Attributes of a user."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    locked: bool | None = None


class User(Struct, frozen=True):
    """A user; other types of resources may be included beside them."""

    type: Literal["user"]
    id: Number
    attributes: UserAttributes | None = None


class ProspectRelationships(Struct, frozen=True):
    """Relationships of a prospect."""

    stage: ToOne | None = None


class Prospect(Struct, frozen=True):
    """A prospect, as far as stages need it."""

    id: Number
    relationships: ProspectRelationships | None = None


class Links(Struct, frozen=True):
    """Links of a page; `next` is absent or null on the last one."""

    next: str | None = None


class Page(Struct, frozen=True):
    """A page of a collection; `links` may be missing when it is empty."""

    data: list[Raw]
    included: list[Raw] | None = None
    links: Links | None = None


class One(Struct, frozen=True):
    """A single resource."""

    data: Raw
    included: list[Raw] | None = None


class StageValues(Struct, frozen=True):
    """Attributes of a stage that are written; null clears, and what is unset is not sent."""

    name: str | UnsetType | None = UNSET
    order: int | UnsetType | None = UNSET
    color: str | UnsetType | None = UNSET


class StageSent(Struct, frozen=True, kw_only=True):
    """A stage that is written; a new one has no id."""

    type: Literal["stage"] = "stage"
    id: int | UnsetType = UNSET
    attributes: StageValues


class Document(Struct, frozen=True):
    """What is sent with a write."""

    data: StageSent


class Pointer(Struct, frozen=True):
    """Where in a document something is wrong."""

    pointer: Any = None


class Error(Struct, frozen=True):
    """One thing that is wrong; its id is a code, and one error has `details` for `detail`."""

    id: Any = None
    title: Any = None
    detail: Any = None
    details: Any = None
    source: Any = None


class Errors(Struct, frozen=True):
    """A refusal."""

    errors: list[Raw]


_TWO_HOURS = 7200.0
_SHORTEST, _LONGEST = 60.0, 30 * 86400.0
"""Seconds that an access token is taken to live at least and at most."""

Token = Annotated[str, Meta(pattern=r"^[!-~]+\Z", max_length=8192)]
"""Goes into a header, or comes back from a file."""


class Grant(Struct, frozen=True, kw_only=True):
    """Asks for a new access token, as OAuth has it."""

    client_id: str
    client_secret: str
    refresh_token: str
    redirect_uri: str | UnsetType = UNSET
    grant_type: Literal["refresh_token"] = "refresh_token"

    def __repr__(self) -> str:
        """Show no secret."""
        return "Grant(...)"


class Granted(Struct, frozen=True):
    """A new access token, and mostly a new refresh token; without one the old one stays good."""

    access_token: Token
    refresh_token: Token | None = None
    expires_in: Any = None

    @property
    def seconds(self) -> float:
        """For how long the access token is good: two hours where that is not told.

        Whatever is told, the tokens count: the ones before them are spent.
        """
        try:
            told = float(self.expires_in)
        except (TypeError, ValueError, OverflowError):
            told = nan
        return min(max(told, _SHORTEST), _LONGEST) if isfinite(told) else _TWO_HOURS

    def __repr__(self) -> str:
        """Show no secret."""
        return "Granted(...)"
