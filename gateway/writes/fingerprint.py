"""What tells two inputs apart, without keeping either."""

import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any, cast

from strawberry import UNSET, Some


def fingerprint(mutation: str, asked: Any) -> str:
    """Return a digest of a mutation's input; of a patch, absent and null are two things.

    Args:
        mutation: the mutation's name.
        asked: its input, whose idempotency key does not count.
    """
    return digest(mutation, replace(asked, idempotency_key=None))


def digest(*parts: Any) -> str:
    """Return a digest of plain values and of inputs, in hex."""
    text = json.dumps(parts, default=_plain, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _plain(value: Any) -> Any:
    """Return as plain data what JSON does not know."""
    if value is UNSET:
        return None
    if isinstance(value, Some):
        return ["=", cast("Some[Any]", value).value]
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, datetime):
        return value.timestamp()
    if is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    message = f"{type(value).__name__} is no part of an input"
    raise TypeError(message)
