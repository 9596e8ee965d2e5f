"""What of each collection can be written, and what a value of it must be."""

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, cast

FieldKind = Literal["text", "integer", "boolean", "texts"]

_WORDS: Mapping[FieldKind, str] = {
    "text": "a string",
    "integer": "an integer",
    "boolean": "a boolean",
    "texts": "an array of strings",
}


class Field(NamedTuple):
    """An attribute that can be written.

    Attributes:
        kind: what its values are, or null.
        default: its value where a new resource comes without it.
        is_required: whether it must not be null or blank.
        longest: characters that a text of it may have.
        choices: the only values that there are; none means any.
        is_fixed: whether it stays what it was at first.
    """

    kind: FieldKind
    default: Any = None
    is_required: bool = False
    longest: int = 255
    choices: tuple[Any, ...] = ()
    is_fixed: bool = False

    def complaint(self, name: str, value: Any) -> str | None:
        """Return what is wrong with a value, but for its length."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return f"{title(name)} can't be blank." if self.is_required else None
        if not self._is_of_kind(value):
            return f"{title(name)} must be {_WORDS[self.kind]}."
        if self.choices and value not in self.choices:
            return f"{title(name)} is not included in the list."
        return None

    def is_too_long(self, value: Any) -> bool:
        """Tell whether a text, or one of a list of them, is too long."""
        texts = cast("list[Any]", value) if isinstance(value, list) else [value]
        return any(isinstance(one, str) and len(one) > self.longest for one in texts)

    def _is_of_kind(self, value: Any) -> bool:
        if self.kind == "texts":
            texts = cast("list[Any]", value) if isinstance(value, list) else [None]
            return all(isinstance(one, str) for one in texts)
        plain = {"text": str, "integer": int, "boolean": bool}[self.kind]
        return isinstance(value, plain) and (plain is bool or not isinstance(value, bool))


class Form(NamedTuple):
    """What of a collection can be written; whatever else it has is read-only.

    Attributes:
        attributes: attributes, by name.
        ends: relationships to one resource, with the path of the collection at their end.
        users: collections whose resources may be at a resource of this one: the path, and the
            relationship to it.
        can_be_deleted: whether there is a DELETE.
    """

    attributes: Mapping[str, Field]
    ends: Mapping[str, str] = {}
    users: tuple[str, tuple[str, ...]] = ("", ())
    can_be_deleted: bool = True


_STAGE = {"color": Field("text"), "name": Field("text"), "order": Field("integer")}
_TEXT = Field("text")

FORMS: Mapping[str, Form] = {
    "stages": Form(_STAGE, users=("prospects", ("stage",))),
    "opportunityStages": Form(
        {**_STAGE, "isClosed": Field("boolean", default=False)},
        users=("opportunities", ("opportunityStage", "stage")),
    ),
    "prospects": Form(
        {
            **dict.fromkeys(("company", "firstName", "lastName", "title"), _TEXT),
            "emails": Field("texts", default=[]),
        },
        {"owner": "users", "stage": "stages"},
    ),
    "users": Form(
        {
            **dict.fromkeys(("firstName", "lastName", "username"), _TEXT),
            "email": Field("text", is_required=True, is_fixed=True),
            "locked": Field("boolean", default=False),
        },
        can_be_deleted=False,
    ),
    "opportunities": Form(
        {"amount": Field("integer"), "name": Field("text", is_required=True)},
        {"opportunityStage": "opportunityStages", "owner": "users"},
    ),
    "webhooks": Form(
        {
            "action": Field("text", default="*", choices=("*", "created", "updated", "destroyed")),
            "active": Field("boolean", default=True),
            "payloadVersion": Field("integer", default=2, choices=(1, 2)),
            "resource": Field("text", default="*"),
            "secret": _TEXT,
            "url": Field("text", is_required=True, longest=1024),
        }
    ),
}


def title(name: str) -> str:
    """Write an attribute's name as the vendor's messages do, such as "Is closed"."""
    return re.sub(r"(?=[A-Z])", " ", name).capitalize()
