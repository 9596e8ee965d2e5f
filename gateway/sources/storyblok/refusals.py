"""Reads why Storyblok refused a write; pure.

There is no single shape. By the vendor's types it is one of these, with texts or lists of them:
`{field: [...], "error": "..."}`, `{"error": ...}` with a text, a list or complaints by field,
`{"errors": {field: [...]}}`, `{field: [...]}`, and of a 404 a bare list.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import msgspec

from gateway.errors import Complaint
from gateway.sources.storyblok import wire
from schema.types.mutation_errors import Constraint

_GENERAL = ("error", "errors", "message")
"""Names of what speaks of the whole, or has the complaints by field in it."""

_BASE = "base"
"""Stands for the field where the whole is wrong."""

_WITHIN = ("workflow_stages_attributes", "workflow_stages")
_PLACE = re.compile(r"\[([0-9]{1,4})\]")

_NAMES = (*wire.Stage.__struct_fields__, *wire.Workflow.__struct_fields__)

# The longest come first: some begin with another.
_FIELDS = sorted(
    {*_NAMES, *_WITHIN, *(f"{outer}.{name}" for outer in _WITHIN for name in _NAMES)},
    key=len,
    reverse=True,
)

# The first that is found in the message.
_BY_WORDS = (
    (r"can't be blank|is missing|is required|be empty", Constraint.REQUIRED),
    (r"too (long|short)", Constraint.LENGTH),
    (r"already (been taken|exists)|must be (unique|different)", Constraint.UNIQUE),
    (r"not included in the list", Constraint.ALLOWED_VALUE),
    (r"must exist|not exist|not be found|not found", Constraint.REFERENCE),
    (r"(greater|less) than", Constraint.RANGE),
    (r"is invalid|is not an? |must be an? ", Constraint.FORMAT),
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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    said = dict.fromkeys(_said(told, ""))
    named = [words for field, words in said if field]
    # What speaks of the whole may only sum up what is said by field.
    return [
        Complaint(
            message=words if not field else f"{_shown(field)} {words}",
            constraint=_constraint(words),
            field=field,
        )
        for field, words in said
        if field or not any(one in words for one in named)
    ]


def _said(told: Any, field: str) -> Iterator[tuple[str, str]]:
    """Yield complaints, the field's name apart from what is wrong with it."""
    if isinstance(told, str):
        yield from _sentences(told) if not field else ((field, told.strip()),)
    elif isinstance(told, list):
        for one in cast("list[Any]", told):
            if isinstance(one, str):
                yield from _said(one, field)
    elif isinstance(told, dict):
        for name, value in cast("dict[str, Any]", told).items():
            yield from _said(value, _field(field, name))


def _field(outer: str, name: str) -> str:
    """Return a field's dotted name, places in lists among its parts; "" for the whole."""
    if not outer and (name in _GENERAL or name == _BASE):
        return ""
    inner = _PLACE.sub(r".\1", name)
    return f"{outer}.{inner}" if outer else inner


def _sentences(text: str) -> Iterable[tuple[str, str]]:
    """Split a text into its sentences, if each begins with a field's name."""
    parts = [_named(part) for part in text.split(", ")]
    if len(parts) > 1 and not all(field for field, _ in parts):
        parts = [_named(text)]
    return [part for part in parts if part[1]]


def _named(sentence: str) -> tuple[str, str]:
    """Take the field's name off a sentence such as "Workflow stages name can't be blank"."""
    for field in _FIELDS:
        shown = _shown(field)
        if sentence.casefold().startswith(f"{shown.casefold()} "):
            return field, sentence[len(shown) :].strip()
    return "", sentence.strip()


def _shown(field: str) -> str:
    """Return a field's name as a sentence begins with it."""
    return field.replace("_", " ").replace(".", " ").capitalize()


def _constraint(message: str) -> Constraint:
    found = (one for words, one in _BY_WORDS if re.search(words, message, re.IGNORECASE))
    return next(found, Constraint.OTHER)
