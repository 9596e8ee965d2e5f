"""What writes take: typed fields of a JSON body, made into what the records hold.

The id of a known type becomes a `Ref`, a time is told in UTC, the number of an enum becomes its
value.
"""

import re
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn, cast

from gateway.sandbox.company import stamp
from gateway.sources.devrev.sandbox.choices import choice
from gateway.sources.devrev.sandbox.grammar import (
    Refusal,
    check_id,
    check_word,
    expect,
    moment,
    required,
    unknown,
    unparsed,
)
from gateway.sources.devrev.sandbox.ids import TABLES, don_of, word_of
from gateway.sources.devrev.sandbox.records import Record, Records, Ref

_INT32 = 2**31
_JSON = {
    "text": "string", "id": "string", "time": "string", "bytes": "string", "bool": "bool",
    "int": "number", "number": "number", "choice": "number", "object": "object",
}  # fmt: skip


class Slot(NamedTuple):
    """What one field takes.

    Attributes:
        kind: "text", "id", "time", "bytes" in base64, "bool", "int" of 32 bits, "number",
            "choice" for the number of an enum's value, or "object".
        many: whether it takes a list of these.
        words: types of objects for ids, the enum's for texts and choices; none is any, and then
            an id is not looked up.
        least, most: bounds of a number, of a text's characters, of the bytes.
        items: how many a list has at most.
        pattern: what a text looks like.
        form: the fields of an object; None is any.
        is_open: whether an object may have other fields too, which have no effect.
        is_required: whether it must be there. is_nullable: whether null clears it.
    """

    kind: str
    many: bool = False
    words: Sequence[str] = ()
    least: int | None = None
    most: int | None = None
    items: int | None = None
    pattern: str = ""
    form: "Mapping[str, Slot] | None" = None
    is_open: bool = False
    is_required: bool = False
    is_nullable: bool = False


Form = Mapping[str, Slot]


def needed(slot: Slot) -> Slot:
    """Return the same, but required."""
    return slot._replace(is_required=True)


def clearable(slot: Slot) -> Slot:
    """Return the same, but nullable."""
    return slot._replace(is_nullable=True)


def ids(*words: str) -> Slot:
    """Take a list of ids."""
    return Slot("id", many=True, words=words)


def setting(slot: Slot, *, verbs: Sequence[str] = ("set",), is_open: bool = True) -> Slot:
    """Take a list as an update does: in an object that tells what becomes of it."""
    return Slot("object", form=dict.fromkeys(verbs, slot), is_open=is_open)


class Filling:
    """Fills forms in.

    Args:
        records: where ids are looked up.
        lost: makes what is raised about an id that names nothing, from the field's name.
    """

    def __init__(self, records: Records, lost: Callable[[str], Exception]) -> None:
        self._records = records
        self._lost = lost

    def fill(
        self, form: Form, given: Mapping[str, object], above: str = "", *, is_open: bool = False
    ) -> Record:
        """Return what is given of a form's fields; one that is cleared is None.

        Args:
            form: the fields.
            given: a JSON object.
            above: where that stands in the body: "", or a name with a dot at its end.
            is_open: whether unknown fields are left out instead of refused.

        Raises:
            Refusal: for what the form does not take.
        """
        strange = [name for name in given if name not in form]
        if strange and not is_open:
            raise unknown(above + strange[0])
        names = {above + name: one for name, one in given.items()}
        for name, slot in form.items():
            if slot.is_required:
                required(names, above + name)
        return {
            name: self._value(above + name, slot, given[name])
            for name, slot in form.items()
            if name in given
        }

    def _value(self, name: str, slot: Slot, value: object) -> object:
        if value is None and slot.is_nullable:
            return None
        if not slot.many:
            return self._one(name, slot, value)
        expect(name, value, "array")
        values = cast("list[object]", value)
        if slot.items is not None and len(values) > slot.items:
            deny(name, "too many")
        return [self._one(name, slot, one) for one in values]

    def _one(self, name: str, slot: Slot, value: object) -> object:
        expect(name, value, _JSON[slot.kind])
        makers: Mapping[str, Callable[[str, Slot, Any], object]] = {
            "text": _text,
            "bytes": _bytes,
            "id": self._id,
            "time": _time,
            "int": _int,
            "number": _number,
            "choice": _choice,
            "object": self._object,
        }
        make = makers.get(slot.kind)
        return make(name, slot, cast("Any", value)) if make else value

    def _id(self, name: str, slot: Slot, text: str) -> object:
        """Return whom an id names; of any object, or one of a kind that has no table, its DON."""
        word = word_of(text) or ""
        check_id(name, slot.words or (word,), text)
        table = TABLES.get(word)
        if not slot.words or (word and table is None):
            return don_of(text)
        found = table and self._records.find(table, text)
        if not found:
            raise self._lost(name)
        return Ref(table or "", found["id"])

    def _object(self, name: str, slot: Slot, value: dict[str, object]) -> object:
        if slot.form is None:
            return value
        return self.fill(slot.form, value, f"{name}.", is_open=slot.is_open)


def deny(name: str, reason: str, allowed: Sequence[str] | None = None) -> NoReturn:
    """Refuse a value that is well-formed but cannot be."""
    details = {} if allowed is None else {"allowed_values": list(allowed)}
    message = f"{name} is not permitted: {reason}"
    raise Refusal(message, type="value_not_permitted", field_name=name, reason=reason, **details)


def _bounded(name: str, slot: Slot, size: float, words: tuple[str, str]) -> None:
    if slot.least is not None and size < slot.least:
        deny(name, words[0])
    if slot.most is not None and size > slot.most:
        deny(name, words[1])


def _text(name: str, slot: Slot, text: str) -> str:
    if slot.words:
        check_word(name, slot.words, text)
    _bounded(name, slot, len(text), ("too short", "too long"))
    if slot.pattern and not re.fullmatch(slot.pattern, text):
        deny(name, "malformed")
    return text


def _bytes(name: str, slot: Slot, text: str) -> str:
    try:
        data = b64decode(text, validate=True)
    except (BadBase64, ValueError):
        raise unparsed(name) from None
    if text:
        _bounded(name, slot, len(data), ("too short", "too long"))
    return text


def _time(name: str, slot: Slot, text: str) -> str:
    del slot
    try:
        return stamp(moment(name, text))
    except OverflowError:
        raise unparsed(name) from None


def _int(name: str, slot: Slot, value: float) -> float:
    del slot
    if not (isinstance(value, int) and -_INT32 <= value < _INT32):
        message = f"{name} is no 32-bit integer"
        raise Refusal(message, type="invalid_field", field_name=name)
    return value


def _number(name: str, slot: Slot, value: float) -> float:
    _bounded(name, slot, value, ("too small", "too large"))
    return float(value)


def _choice(name: str, slot: Slot, value: float) -> Record:
    if not isinstance(value, int):
        message = f"{name} is no integer"
        raise Refusal(message, type="invalid_field", field_name=name)
    check_word(name, [str(one) for one in range(1, len(slot.words) + 1)], str(value))
    return choice(value, slot.words)
