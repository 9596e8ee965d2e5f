"""How DevRev reads a request: typed fields, out of a JSON body or a query string.

A query's list is told in two ways by the vendor's pages and client, and both are read: repeated
parameters, `name=a&name=b`, and quoted values with commas between, `name="a","b"`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

import msgspec
from starlette.requests import Request

from gateway.sources.devrev.sandbox.ids import word_of

_INT32 = 2**31
_MOST_DAYS = 36_500
"""A century is as good as for ever."""

_PRESETS = {"last_n_days": -1, "next_n_days": 1}


class Refusal(Exception):  # noqa: N818 - it is the vendor's answer, not an error
    """The request makes no sense; the vendor answers 400.

    Args:
        message: what the vendor says about it.
        type: the vendor's word for it.
        details: what it adds, such as `field_name`.
    """

    def __init__(self, message: str, *, type: str, **details: object) -> None:  # noqa: A002
        super().__init__(message)
        self.body = {"type": type, "message": message, **details}


class Field(NamedTuple):
    """What a field of a request takes.

    Attributes:
        kind: "text", "int", "bool", "id", "object", "date" for a span of time, or "after" or
            "before" for one end of such a span.
        many: whether it takes a list.
        words: for ids, the types of object; for texts, the values that there are.
        place: "body", "query" or "" for both.
    """

    kind: str
    many: bool = False
    words: Sequence[str] = ()
    place: str = ""


Fields = Mapping[str, Field]
Span = tuple[datetime | None, datetime | None]

_TYPES = {
    "text": "string", "id": "string", "int": "number", "bool": "bool", "date": "object",
    "object": "object", "after": "string", "before": "string",
}  # fmt: skip


async def read(request: Request, fields: Fields) -> dict[str, Any]:
    """Read the fields of a request; those within a body's objects get dotted names, as in a query.

    Raises:
        Refusal: for a field that is unknown or does not take its value.
    """
    is_query = request.method == "GET"
    place = "query" if is_query else "body"
    mine = {name: one for name, one in fields.items() if one.place in {"", place}}
    given = _query(request, mine) if is_query else dict(_flat(body_of(await request.body()), mine))
    for name in given:
        if name not in mine:
            raise unknown(name)
    return {name: _value(name, mine[name], value) for name, value in given.items()}


def required(given: Mapping[str, Any], name: str) -> Any:
    """Return a field that must be there."""
    if name not in given:
        message = f"Missing required field: {name}"
        raise Refusal(message, type="missing_required_field", field_name=name)
    return given[name]


def body_of(body: bytes) -> dict[str, Any]:
    """Decode a request's body.

    Raises:
        Refusal: where it is no JSON object.
    """
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        message = "The body is no JSON object"
        raise Refusal(message, type="parse_error") from None


def _flat(given: Mapping[str, Any], fields: Fields, above: str = "") -> Iterator[tuple[str, Any]]:
    """Give the fields of a body one by one, by dotted names where objects hold them."""
    for part, value in given.items():
        name = above + part
        if "." in part:
            raise unknown(name)
        if name not in fields and any(one.startswith(f"{name}.") for one in fields):
            expect(name, value, "object")
            yield from _flat(value, fields, f"{name}.")
        else:
            yield name, value


def unknown(name: str) -> Refusal:
    """Make the refusal of a field that a request does not take."""
    return Refusal(f"Unknown field: {name}", type="invalid_field", field_name=name)


def _query(request: Request, fields: Fields) -> dict[str, Any]:
    """Read a query string; a body beside it is passed over, as the client sends one."""
    params = request.query_params
    return {
        name: _from_query(name, fields.get(name, Field("text")), params.getlist(name))
        for name in params
    }


def _from_query(name: str, field: Field, texts: Sequence[str]) -> object:
    parts = [part for text in texts for part in _parts(name, field, text)]
    values = [_scalar(name, field, part) for part in parts]
    return values if field.many else values[-1]


def _parts(name: str, field: Field, text: str) -> list[str]:
    if text.startswith('"'):
        try:
            return msgspec.json.decode(f"[{text}]", type=list[str])
        except msgspec.DecodeError:
            raise unparsed(name) from None
    return text.split(",") if field.many and field.kind == "int" else [text]


def _scalar(name: str, field: Field, text: str) -> object:
    try:
        return msgspec.json.decode(text) if field.kind in {"int", "bool", "object"} else text
    except msgspec.DecodeError:
        raise unparsed(name) from None


def unparsed(name: str) -> Refusal:
    """Make the refusal of a field whose text has not the form that it needs."""
    return Refusal(f"Cannot parse {name}", type="parse_error")


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def expect(name: str, value: object, expected: str) -> None:
    """Want a type of JSON value: "string", "number", "bool", "array" or "object".

    Raises:
        Refusal: for any other.
    """
    actual = _json_type(value)
    if actual != expected:
        message = f"{name}: expected {expected}, got {actual}"
        raise Refusal(
            message, type="unexpected_json_type", field_name=name, actual=actual, expected=expected
        )


def _value(name: str, field: Field, value: object) -> object:
    if field.many:
        expect(name, value, "array")
        return [_one(name, field, one) for one in cast("list[object]", value)]
    return _one(name, field, value)


def _one(name: str, field: Field, value: object) -> object:
    expect(name, value, _TYPES[field.kind])
    if field.kind == "int" and not (isinstance(value, int) and -_INT32 <= value < _INT32):
        message = f"{name} is no 32-bit integer"
        raise Refusal(message, type="invalid_field", field_name=name)
    if field.kind == "id":
        check_id(name, field.words, str(value))
    if field.kind == "text" and field.words:
        check_word(name, field.words, str(value))
    return _spans(name, field.kind, value)


def check_word(name: str, words: Sequence[str], text: str) -> None:
    """Want one of some words.

    Raises:
        Refusal: for any other.
    """
    if text not in words:
        message = f"{name} does not take {text}"
        raise Refusal(
            message,
            type="invalid_enum_value",
            field_name=name,
            value=text,
            allowed_values=list(words),
        )


def check_id(name: str, words: Sequence[str], text: str) -> None:
    """Want a DON or a display id of one of some types of object.

    Raises:
        Refusal: for any other text.
    """
    word = word_of(text)
    if word is None:
        message = f"{name} is not an ID"
        raise Refusal(message, type="invalid_id", field_name=name)
    if word and word not in words:
        message = f"{name} is the ID of a {word}"
        raise Refusal(message, type="unexpected_id_type", field_name=name)


def _spans(name: str, kind: str, value: object) -> object:
    """Turn what tells a span of time into one, and leave all else."""
    if kind == "date":
        return _span(name, cast("dict[str, object]", value))
    if kind in {"after", "before"}:
        time = _time(name, value)
        return (time, None) if kind == "after" else (None, time)
    return value


def _span(name: str, given: dict[str, object]) -> Span:
    kind = required({f"{name}.{part}": one for part, one in given.items()}, f"{name}.type")
    if kind == "range":
        return _time(f"{name}.after", given.get("after")), _time(
            f"{name}.before", given.get("before")
        )
    preset, days = str(given.get("preset_type")), given.get("days")
    if kind != "preset" or preset not in _PRESETS or not isinstance(days, int) or days < 0:
        message = f"{name} is no date filter"
        raise Refusal(message, type="invalid_field", field_name=name)
    now = datetime.now(UTC)
    then = now + _PRESETS[preset] * timedelta(days=min(days, _MOST_DAYS))
    return min(now, then), max(now, then)


def _time(name: str, text: object) -> datetime | None:
    return None if text is None else moment(name, str(text))


def moment(name: str, text: str) -> datetime:
    """Read a time, in UTC where it does not tell.

    Raises:
        Refusal: for what is none.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise unparsed(name) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def within(span: Span) -> Callable[[str], bool]:
    """Return the test of a time as text against a span, both ends in it."""
    after, before = span

    def test(text: str) -> bool:
        time = datetime.fromisoformat(text)
        return (after is None or after <= time) and (before is None or time <= before)

    return test
