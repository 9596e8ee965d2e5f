"""Objects as their vendor sent them."""

from datetime import UTC, datetime

import msgspec
import pytest

from gateway.upstream.origin import decode_row, decode_rows

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Thing(msgspec.Struct):
    id: int


def nested(levels: int) -> msgspec.Raw:
    return msgspec.Raw(b'{"id":1,"more":' + b'{"a":[' * levels + b"]}" * levels + b"}")


def test_an_object_is_its_bytes_and_its_struct() -> None:
    row = decode_row(nested(20), Thing, NOW, lambda value: value)
    assert row.wire == Thing(1)
    assert row.origin.raw()["id"] == 1
    assert row.origin.size == len(nested(20))


@pytest.mark.parametrize("levels", [40, 300, 5000])
def test_one_that_nobody_could_walk_through_makes_no_sense(levels: int) -> None:
    with pytest.raises((msgspec.DecodeError, RecursionError)):
        decode_row(nested(levels), Thing, NOW, lambda value: value)


def test_many_objects_beside_each_other_are_not_deep() -> None:
    wide = msgspec.json.encode({"id": 1, "more": [{"a": [n]} for n in range(500)]})
    assert decode_row(msgspec.Raw(wide), Thing, NOW, lambda value: value).wire == Thing(1)


def test_what_is_made_of_a_row_is_made_once() -> None:
    made: list[int] = []

    def make(row: object) -> int:
        made.append(1)
        return len(made)

    row = decode_row(nested(1), Thing, NOW, lambda value: value)
    assert [row.made(make), row.made(make)] == [1, 1]
    other = decode_row(nested(1), Thing, NOW, lambda value: value)
    assert other.made(make) == 2, "rows share no memory"


def test_bytes_that_are_no_text_make_no_sense_and_are_not_shown() -> None:
    latin = msgspec.Raw('{"id":1,"name":"Ünder"}'.encode("latin-1"))
    with pytest.raises(msgspec.DecodeError) as caught:
        decode_row(latin, Thing, NOW, lambda value: value)
    assert "nder" not in str(caught.value)


def test_what_is_made_with_more_is_made_once_for_each() -> None:
    def make(row: object, name: str) -> list[str]:
        return [name]

    row = decode_row(nested(1), Thing, NOW, lambda value: value)
    first = row.made(make, "a")
    assert row.made(make, "a") is first
    assert row.made(make, "b") == ["b"]


def test_that_nothing_was_made_is_remembered_too() -> None:
    calls: list[object] = []
    row = decode_row(nested(1), Thing, NOW, lambda value: value)
    assert [row.made(calls.append), row.made(calls.append), len(calls)] == [None, None, 1]


def test_a_version_is_hashed_once() -> None:
    asked: list[object] = []

    def identity(value: object) -> object:
        asked.append(value)
        return value

    origin = decode_row(nested(1), Thing, NOW, identity).origin
    assert origin.version() == origin.version()
    assert len(asked) == 1


def test_an_origin_shows_nothing_of_the_vendors() -> None:
    body = msgspec.Raw(b'{"id":1,"token":"s3cret"}')
    row = decode_row(body, Thing, NOW, lambda value: value)
    assert "s3cret" not in repr(row)


BAD = {
    "no id": b"{}",
    "wrong type": b'{"id":"x"}',
    "number out of range": b'{"id":1,"more":1e999}',
    "not UTF-8": b'{"id":1,"more":"\xff"}',
    "too deep": bytes(nested(40)),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=list(BAD))
def test_a_bad_row_costs_only_itself_however_often_it_comes(bad: bytes) -> None:
    raws = [msgspec.Raw(one) for one in (b'{"id":1}', bad, b'{"id":2}')]
    for _ in range(3):
        first, none, last = decode_rows(raws, Thing, NOW, lambda value: value)
        assert none is None
        assert first is not None
        assert last is not None
        assert (first.wire.id, last.wire.id) == (1, 2)


class Lenient(msgspec.Struct):
    id: object


def test_what_makes_sense_to_one_struct_need_not_to_another() -> None:
    body = msgspec.Raw(b'{"id":"known to one"}')
    for _ in range(2):
        [lenient] = decode_rows([body], Lenient, NOW, lambda value: value)
        [strict] = decode_rows([body], Thing, NOW, lambda value: value)
        assert lenient is not None
        assert strict is None
