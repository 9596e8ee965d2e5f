"""Reads why Outreach refused a write; pure."""

import re
from collections.abc import Sequence

import msgspec

from gateway.errors import Complaint
from gateway.sources.outreach import wire
from gateway.sources.outreach.normalise_writes import FIELDS
from gateway.upstream.origin import decode
from schema.types.mutation_errors import Constraint

_BY_CODE = {
    "validationDataTooLongError": Constraint.LENGTH,
    "validationDuplicateValueError": Constraint.UNIQUE,
    "resourceNotFound": Constraint.REFERENCE,
}

# Words of the messages that Outreach's pages and its clients show, or that its framework has.
_BY_WORDS = (
    (r"can't be blank|is required", Constraint.REQUIRED),
    (r"too (long|short)", Constraint.LENGTH),
    (r"(has )?already (been taken|exists)|must be unique", Constraint.UNIQUE),
    (r"not included in the list", Constraint.ALLOWED_VALUE),
    (r"could not find|not found|must exist", Constraint.REFERENCE),
    (r"(greater|less) than", Constraint.RANGE),
    (r"must be an? |is not an? |is invalid", Constraint.FORMAT),
)

_FIELD = re.compile(r"/data/(?:attributes|relationships)/([^/]+)")
_NAMED = re.compile(rf"(?:stages? |an? stage with this )?({'|'.join(FIELDS)})\b", re.IGNORECASE)
"""How a message begins that names the attribute itself, such as "Stages name has already ..."."""


def read(status: int, body: bytes) -> Sequence[Complaint]:
    """Return what is wrong with a write; nothing where the body makes no sense.

    Args:
        status: of the answer; it says no more than the body does.
        body: of the answer, whatever it is.
    """
    del status
    try:
        raws = decode(body, wire.Errors).errors
    except (msgspec.DecodeError, RecursionError):
        return ()
    return [one for one in map(_complaint, raws) if one is not None]


def _complaint(raw: msgspec.Raw) -> Complaint | None:
    try:
        error = decode(raw, wire.Error)
    except (msgspec.DecodeError, RecursionError):
        return None
    texts = (error.detail, error.details, error.title)
    message = next((text for text in texts if isinstance(text, str) and text.strip()), None)
    if message is None:
        return None
    return Complaint(
        message=message,
        constraint=_constraint(error.id, message),
        field=_field(error.source) or _field_named(message),
    )


def _constraint(code: object, message: str) -> Constraint:
    if isinstance(code, str) and code in _BY_CODE:
        return _BY_CODE[code]
    found = (one for words, one in _BY_WORDS if re.search(words, message, re.IGNORECASE))
    return next(found, Constraint.OTHER)


def _field(source: object) -> str:
    """Return the name of an attribute or a relationship; "" where the whole stage is meant."""
    try:
        pointer = msgspec.convert(source, wire.Pointer).pointer
    except msgspec.ValidationError:
        return ""
    match = _FIELD.match(pointer) if isinstance(pointer, str) else None
    return match[1] if match else ""


def _field_named(message: str) -> str:
    """Return the attribute that a message names; "" where it names none."""
    match = _NAMED.match(message)
    return match[1].lower() if match else ""
