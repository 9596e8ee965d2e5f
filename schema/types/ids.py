"""Global ids: all that is needed to fetch an object, as one opaque text.

A global id is the base64url form of `source:kind:scope:source_id`. It is not secret, and it is
untrusted input: `parse` accepts only what `str(GlobalId)` writes, and every source checks the
form of `scope` and `source_id` before any of it reaches a vendor.
"""

import binascii
from enum import StrEnum
from functools import lru_cache
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


_TO_URL = bytes.maketrans(b"+/", b"-_")


def text_of(source: Source, kind: Kind, scope: str, source_id: str) -> str:
    """Write a global id as clients see it, without a `GlobalId`: answers have thousands."""
    plain = f"{source._value_}:{kind._value_}:{scope}:{source_id}"  # `value` costs as much again
    coded = binascii.b2a_base64(plain.encode(), newline=False)
    return coded.translate(_TO_URL).rstrip(b"=").decode()


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
        return _parsed(text)


_SOURCES = {source.value: source for source in Source}
_KINDS = {kind.value: kind for kind in Kind}
_FROM_URL = bytes.maketrans(b"-_", b"+/")


@lru_cache(maxsize=16_384)
def _parsed(text: str) -> GlobalId:
    """Read an id; remembered, as the same few are read all the time."""
    parsed = _read(text) if len(text) <= MAX_LENGTH else None
    if parsed is not None:
        return parsed
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    message = f"{shown!r} is not an id of this graph; ids come from its answers."
    raise InvalidIdError(message)


def _read(text: str) -> GlobalId | None:
    try:
        written = text.encode("ascii")
        padded = written.translate(_FROM_URL) + b"=" * (-len(written) % 4)
        plain = binascii.a2b_base64(padded)
        source, kind, scope, source_id = plain.decode().split(":", 3)
    except ValueError:  # of base64 and of UTF-8 too
        return None
    # One object has one id: a second spelling (padding, stray bits) is none of ours.
    is_ours = binascii.b2a_base64(plain, newline=False).translate(_TO_URL).rstrip(b"=") == written
    if not is_ours or not source_id or source not in _SOURCES or kind not in _KINDS:
        return None
    return GlobalId(_SOURCES[source], _KINDS[kind], scope, source_id)
