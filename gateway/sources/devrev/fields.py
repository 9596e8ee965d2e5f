"""Which fields of DevRev's objects can be written, and how; pure."""

from collections.abc import Sequence
from typing import Any, cast

from msgspec import Struct
from strawberry.utils.str_converters import to_camel_case

from gateway.adapter import Judge, told
from gateway.errors import Path
from gateway.sources.devrev.forms import Choice, Form, Id, Ids, Tags
from gateway.sources.devrev.forms_nodes import Nodes
from schema.types.mutation_errors import Constraint


class Field(Struct, frozen=True):
    """A field of an input.

    Attributes:
        name: the input's name for it.
        wire: the request's name for it.
        form: what it takes.
        answer: the answer's name for it; "" is that of the request.
        is_answered: whether the vendor's OpenAPI has it in answers.
        is_cleared: whether null clears it in an update.
        is_set: whether an update takes its list in an object, as {"set": [...]}.
    """

    name: str
    wire: str
    form: Form
    answer: str = ""
    is_answered: bool = True
    is_cleared: bool = False
    is_set: bool = False

    @property
    def shown(self) -> str:
        """The graph's name for it."""
        return to_camel_case(self.name)

    @property
    def is_list(self) -> bool:
        """Tell whether it takes a list."""
        return self.is_set or isinstance(self.form, Ids | Nodes | Tags)

    @property
    def names_others(self) -> bool:
        """Tell whether it names other objects."""
        return isinstance(self.form, Choice | Id | Ids | Nodes | Tags)


Fields = Sequence[Field]
Body = dict[str, Any]


def created(judge: Judge, fields: Fields, new: object) -> Body:
    """Return what a create sends of an input; null is as absent."""
    body: Body = {}
    for one in fields:
        given = told(getattr(new, one.name))
        if given is not None:
            body[one.wire] = one.form.read(judge, given, one.shown)
    return body


def updated(judge: Judge, fields: Fields, patch: object, *at: str) -> Body:
    """Return what an update sends of a patch, which stands below the input at a place."""
    body: Body = {}
    for one in fields:
        given: Any = getattr(patch, one.name)  # strawberry's Some, None where it is absent
        if given is None:
            continue
        value = given.value
        if value is not None:
            sent = one.form.read(judge, value, *at, one.shown)
            body[one.wire] = {"set": sent} if one.is_set else sent
        elif one.is_cleared:
            body[one.wire] = None
        else:
            words = "It cannot be null."
            if one.is_list:
                words += " An empty list clears it, where DevRev lets it be empty."
            judge.wrong(words, Constraint.REQUIRED, *at, one.shown)
    return body


def paths(fields: Fields, at: Path) -> dict[str, Path]:
    """Return where the request's fields stand in the input."""
    return {one.wire: (*at, one.shown) for one in fields}


def references(fields: Fields, body: Body) -> list[str]:
    """Return those of a body's fields that name other objects."""
    return [one.wire for one in fields if one.names_others and body.get(one.wire)]


def is_alike(fields: Fields, body: Body, answered: object) -> bool | None:
    """Tell whether an object has all that a body sends; None where that cannot be told."""
    found = [
        _is_alike(one, _bare(one, body[one.wire]), getattr(answered, one.answer or one.wire, None))
        for one in fields
        if one.wire in body
    ]
    if False in found:
        return False
    return None if None in found else True


def _bare(field: Field, sent: Any) -> Any:
    """Return the list that an update sends in an object."""
    return cast("Body", sent)["set"] if field.is_set and isinstance(sent, dict) else sent


def _is_alike(field: Field, sent: Any, answered: Any) -> bool | None:
    if answered is None and not field.is_answered:
        return None
    if answered is None:  # vendors leave out what is empty or false
        return not sent
    if sent is None:
        return not answered
    return field.form.is_alike(sent, answered)
