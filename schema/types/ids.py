"""Global ids: all that is needed to fetch an object, as one opaque text.

A global id is the base64url form of `source:kind:scope:source_id`. It is not secret, and it is
untrusted input: `parse` accepts only what `str(GlobalId)` writes, and every source checks the
form of `scope` and `source_id` before any of it reaches a vendor.
"""

import binascii
from base64 import urlsafe_b64decode
from enum import StrEnum
from typing import NamedTuple

from schema.types.source import Source

MAX_LENGTH = 400
"""Longest text that is looked at, in characters; the longest id of any source is half of it."""

_SHOWN = 60


class Kind(StrEnum):
    """What an id names."""

    STAGE = "stage"
    WORK = "work"
    PIPELINE = "pipeline"
    WORKFLOW = "workflow"
    STATE = "state"
    PERSON = "person"
    PART = "part"
    TAG = "tag"
    SPRINT = "sprint"
    ACCOUNT = "account"
    REV_ORG = "rev_org"
    GROUP = "group"
    ARTIFACT = "artifact"
    CHANNEL = "channel"
    SCHEMA_FRAGMENT = "schema_fragment"
    ENUM_VALUE = "enum_value"
    SYNC_UNIT = "sync_unit"
    SLA = "sla"
    SLA_POLICY = "sla_policy"
    SLA_TRACKER = "sla_tracker"
    SLA_METRIC = "sla_metric"
    SCHEDULE = "schedule"
    OBJECT = "object"
    SPACE = "space"
    SPACE_ROLE = "space_role"
    TARGET_LIST = "target_list"
    PROSPECT = "prospect"


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def text_of(source: Source, kind: Kind, scope: str, source_id: str) -> str:
    """Write a global id as clients see it, without a `GlobalId`: answers have thousands."""
    plain = f"{source._value_}:{kind._value_}:{scope}:{source_id}"  # `value` costs as much again
    coded = binascii.b2a_base64(plain.encode(), newline=False)
    return coded.translate(_URL_SAFE).rstrip(b"=").decode()


class InvalidIdError(ValueError):
    """A text is no global id of this graph."""


class GlobalId(NamedTuple):
    """The parts of a global id; `scope` is "" for what its source finds by `source_id` alone."""

    source: Source
    kind: Kind
    scope: str
    source_id: str

    def __str__(self) -> str:
        """Write the id as clients see it."""
        return text_of(*self)

    @classmethod
    def parse(cls, text: str) -> "GlobalId":
        """Read an id that `str()` wrote.

        Raises:
            InvalidIdError: for any other text.
        """
        if len(text) <= MAX_LENGTH:
            try:
                plain = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
                source, kind, scope, source_id = plain.split(":", 3)
                parsed = cls(Source(source), Kind(kind), scope, source_id)
            except (ValueError, binascii.Error):
                parsed = None
            # One object has one id: a second spelling (padding, stray bits) is none of ours.
            if parsed and parsed.source_id and str(parsed) == text:
                return parsed
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
        message = f"{shown!r} is not an id of this graph; ids come from its answers."
        raise InvalidIdError(message)
