"""Reads why Esper refused a write; pure.

No page tells what such an answer of pipelines looks like. Three shapes are read, and what is near
them: the envelope, with complaints by field as its content; `{errors, message}`, which Esper's
Manage API has; and complaints by field alone, as the framework has them that Esper is built with.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from gateway.errors import Complaint
from schema.types.mutation_errors import Constraint

_GENERAL = ("detail", "message", "error")
"""Names of what speaks of the whole."""

_OF_NO_FIELD = {*_GENERAL, "non_field_errors"}
_WITH_FIELD = re.compile(r"([a-z][a-z0-9_]{0,63}): (.+)", re.DOTALL)

# The first that is found in the message; "valid" comes before "required", as "A valid integer is
# required." speaks of a form.
_BY_WORDS = (
    (r"not a valid choice", Constraint.ALLOWED_VALUE),
    (r"invalid pk|does not exist|not found|another pipeline", Constraint.REFERENCE),
    (r"\bvalid\b|expected a|invalid data|parse error", Constraint.FORMAT),
    (r"required|blank|be null|be empty", Constraint.REQUIRED),
    (r"no more than \d+ characters|at (least|most) \d+ characters|too long", Constraint.LENGTH),
    (r"(less|greater) than", Constraint.RANGE),
    (r"already|must be unique", Constraint.UNIQUE),
)


def read(status: int, body: bytes) -> Sequence[Complaint]:
    """Return what is wrong with a write; nothing where the body makes no sense.

    Args:
        status: of the answer; it says no more than the body does.
        body: of the answer, whatever it is.
    """
    del status
    try:
        told: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return ()
    if not isinstance(told, dict):
        return [_split(one) for one in _texts(told)]
    whole = cast("dict[str, Any]", told)
    for part in ("content", "errors", "meta"):
        if found := _complaints(whole.get(part)):
            return found
    return _general(whole) or _by_field(whole)


def _complaints(part: object) -> list[Complaint]:
    """Read complaints by field, or a list of texts of which some name their field."""
    if isinstance(part, dict):
        return _by_field(cast("dict[str, Any]", part))
    return [_split(one) for one in _texts(part)]


def _general(whole: Mapping[str, Any]) -> list[Complaint]:
    """Read the one text about the whole."""
    texts = (whole.get(name) for name in _GENERAL)
    return [_complaint("", text) for text in texts if isinstance(text, str) and text.strip()][:1]


def _by_field(told: Mapping[str, Any]) -> list[Complaint]:
    """Read complaints by field; only lists are such, a text is the object's own field."""
    return [
        _complaint("" if name in _OF_NO_FIELD else name, text)
        for name, value in told.items()
        for text in _texts(value)
    ]


def _texts(value: object) -> list[str]:
    """Return the texts of a list."""
    if not isinstance(value, list):
        return []
    return [one for one in cast("list[Any]", value) if isinstance(one, str) and one.strip()]


def _split(text: str) -> Complaint:
    """Read a text that may begin with its field."""
    match = _WITH_FIELD.fullmatch(text)
    if match is None or match[1] in _OF_NO_FIELD:
        return _complaint("", match[2] if match else text)
    return _complaint(match[1], match[2])


def _complaint(field: str, message: str) -> Complaint:
    found = (one for words, one in _BY_WORDS if re.search(words, message, re.IGNORECASE))
    return Complaint(message=message, constraint=next(found, Constraint.OTHER), field=field)
