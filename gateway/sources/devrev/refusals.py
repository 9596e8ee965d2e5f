"""What DevRev says where it refuses a request (400): in which word, and of which field; pure."""

import re
from typing import NamedTuple

import msgspec
from msgspec import Struct

from gateway.errors import UpstreamFailure

_STATUS = 400

_OF_IDS = frozenset({"invalid_id", "unexpected_id_type"})

_WORD = re.compile(r"[a-z_.]{1,40}")


class _Body(Struct, frozen=True):
    """What is read of a refusal; the vendor's OpenAPI has a field with some types alone."""

    type: str | None = None
    field_name: str | None = None


class Refusal(NamedTuple):
    """Why a request was refused; each empty where DevRev does not tell.

    Attributes:
        type: the vendor's word for it.
        field: of the request, dotted, such as "stage.stages".
    """

    type: str = ""
    field: str = ""

    @property
    def is_of_id(self) -> bool:
        """Tell whether it is an id that is refused: one of no form, or of another type."""
        return self.type in _OF_IDS


def read(body: bytes) -> Refusal:
    """Read a refusal's body, which may be anything."""
    try:
        told = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, RecursionError):
        return Refusal()
    words = (told.type or "", told.field_name or "")
    return Refusal(*(one if _WORD.fullmatch(one) else "" for one in words))


def of(failure: UpstreamFailure) -> Refusal | None:
    """Return why a request was refused; None where it failed in another way."""
    return Refusal(*failure.reason) if failure.status == _STATUS else None
