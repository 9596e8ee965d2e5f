"""Objects as their vendor sent them."""

from datetime import UTC, datetime

import msgspec
import pytest

from gateway.upstream.origin import decode_row

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
