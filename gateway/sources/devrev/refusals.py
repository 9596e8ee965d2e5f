"""What DevRev says where it refuses a request: in which word, of which field, and why; pure."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from gateway.errors import Complaint, UpstreamFailure
from schema.types.mutation_errors import Constraint

_STATUS = 400

_OF_IDS = frozenset({"invalid_id", "unexpected_id_type"})

_WORD = re.compile(r"[a-z_.]{1,40}")

_STEP = re.compile(r"[.\[]")

_BY_TYPE: Mapping[str, Constraint] = {
    "artifact_already_attached_to_a_parent": Constraint.UNIQUE,
    "conflict": Constraint.UNIQUE,
    "invalid_enum_value": Constraint.ALLOWED_VALUE,
    "missing_dependency": Constraint.REQUIRED,
    "missing_required_field": Constraint.REQUIRED,
    "not_found": Constraint.REFERENCE,
    "parse_error": Constraint.FORMAT,
    "unexpected_id_type": Constraint.REFERENCE,
    "unexpected_json_type": Constraint.FORMAT,
}
"""What the vendor's words for a refusal mean, where they mean one thing."""

_BY_WORDS: Sequence[tuple[re.Pattern[str], Constraint]] = [
    (re.compile(pattern, re.IGNORECASE), constraint)
    for pattern, constraint in (
        (r"transition|\bstart\b|non_start", Constraint.TRANSITION),
        (r"not found|not exist|no such|names nothing|unknown id", Constraint.REFERENCE),
        (r"already|taken|duplicate|unique|more than once|in use", Constraint.UNIQUE),
        (r"too (long|short|many|few)|length|characters", Constraint.LENGTH),
        (r"too (large|small|high|low)|between|at (most|least)|range", Constraint.RANGE),
        (r"required|missing|empty|blank", Constraint.REQUIRED),
        (r"malformed|format|pars(e|ing)", Constraint.FORMAT),
    )
]
"""What the rest of a refusal speaks of; the first that fits."""

_OTHERWISE: Mapping[str, Constraint] = {
    "invalid_field": Constraint.FORMAT,
    "invalid_id": Constraint.FORMAT,
    "value_not_permitted": Constraint.ALLOWED_VALUE,
}
"""What words of several meanings mean where the rest does not tell."""

_BETA = re.compile(r"\bbeta\b", re.IGNORECASE)
_ADVICE = (
    "DevRev may have tasks and opportunities in its beta version alone, which an operator "
    "chooses by STAGEGRAPH_DEVREV_BETA=on."
)


class _Body(Struct, frozen=True):
    """What is read of a refusal; the vendor's OpenAPI has a field with some types alone."""

    type: str | None = None
    field_name: str | None = None


class _Said(_Body, frozen=True):
    """What is read of a refusal for who wrote."""

    message: str | None = None
    detail: str | None = None
    reason: str | None = None
    subtype: str | None = None
    allowed_values: list[str] | None = None


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


def complaints(status: int, body: bytes) -> Sequence[Complaint]:
    """Read what DevRev says is wrong with a write; nothing where that makes no sense."""
    del status
    said = _said(body)
    if said is None:
        return ()
    words = _words(said)
    if not words:
        return ()
    field = _STEP.split(said.field_name or "")[0]
    return [Complaint(message=words, constraint=_constraint(said, words), field=field)]


def complaints_without_beta(status: int, body: bytes) -> Sequence[Complaint]:
    """Read complaints of a write of a work, where DevRev is not asked for its beta version."""
    found = complaints(status, body)
    said = _said(body) or _Said()
    is_of_type = said.type == "invalid_enum_value" and said.field_name == "type"
    return [
        msgspec.structs.replace(one, message=f"{one.message} {_ADVICE}")
        if is_of_type or _BETA.search(one.message)
        else one
        for one in found
    ]


def _said(body: bytes) -> _Said | None:
    try:
        return msgspec.json.decode(body, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _words(said: _Said) -> str:
    """Put together all that is said, each thing once."""
    found = ""
    for part in (said.message, said.detail, said.reason, said.subtype):
        if part and part.strip(" .").lower() not in found.lower():
            found = f"{found} {part.strip(' .')}." if found else f"{part.strip(' .')}."
    if found and said.allowed_values:
        found += f" It takes: {', '.join(said.allowed_values)}."
    return found


def _constraint(said: _Said, words: str) -> Constraint:
    sure = _BY_TYPE.get(said.type or "")
    if sure is not None:
        return sure
    reason = said.reason or words
    fitting = (constraint for pattern, constraint in _BY_WORDS if pattern.search(reason))
    return next(fitting, _OTHERWISE.get(said.type or "", Constraint.OTHER))
