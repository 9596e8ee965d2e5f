"""Structs in parts read as the structs that they are of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import fields

from gateway.sources.devrev import wire_works
from gateway.upstream.origin import Time
from gateway.upstream.parts import Late, in_parts

SAMPLES = Path(wire_works.__file__).parent / "samples"


class Inner(msgspec.Struct, frozen=True):
    n: int


class Outer(msgspec.Struct, frozen=True, rename="camel"):
    own_id: str
    when: Time | None = None
    first_part: Late[Inner] = None
    more_parts: Late[list[Inner]] = None


class Plain(msgspec.Struct, frozen=True):
    id: str


class Small(msgspec.Struct, frozen=True, tag="small"):
    part: Late[Inner] = None


class Large(msgspec.Struct, frozen=True, tag="large"):
    parts: Late[list[Inner]] = None


def both(text: str, kind: Any) -> tuple[Any, Any]:
    return msgspec.json.decode(text, type=kind), msgspec.json.decode(text, type=in_parts(kind))


@pytest.mark.parametrize("text", [
    '{"ownId": "a"}',
    '{"ownId": "a", "firstPart": null, "moreParts": null}',
    '{"ownId": "a", "firstPart": {"n": 1, "m": [{}]}, "moreParts": []}',
    '{"moreParts": [{"n": 1}, {"n": 2}], "ownId": "a", "when": "2026-01-31T12:00:00Z", "x": 1}',
])  # fmt: skip
def test_every_field_reads_the_same(text: str) -> None:
    whole, parted = both(text, Outer)
    assert isinstance(parted, Outer)
    for one in fields(Outer):
        assert getattr(parted, one.name) == getattr(whole, one.name), one.name


def test_a_late_field_is_decoded_when_it_is_read() -> None:
    text = '{"ownId": "a", "firstPart": {"n": "no number"}}'
    parted = msgspec.json.decode(text, type=in_parts(Outer))
    assert parted.own_id == "a"
    with pytest.raises(msgspec.ValidationError):
        _ = parted.first_part


@pytest.mark.parametrize("text", ["{}", '{"ownId": 1}', '{"ownId": "a", "when": "yesterday"}'])
def test_any_other_field_is_judged_at_once(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=in_parts(Outer))


def test_a_struct_without_late_fields_is_itself() -> None:
    assert in_parts(Plain) is Plain


def test_a_tag_tells_members_of_a_union_apart() -> None:
    _, small = both('{"type": "small", "part": {"n": 1}}', Small | Large)
    _, large = both('{"type": "large", "parts": [{"n": 1}]}', Small | Large)
    assert isinstance(small, Small)
    assert isinstance(large, Large)
    assert (small.part, large.parts) == (Inner(1), [Inner(1)])


def works() -> Iterator[Any]:
    for name in ("works.list", "works.get"):
        body = msgspec.json.decode((SAMPLES / f"{name}.json").read_bytes())
        yield from body.get("works") or [body["work"]]


def test_works_read_the_same() -> None:
    for work in works():
        whole, parted = both(msgspec.json.encode(work).decode(), wire_works.ANY)
        read = [one.name for one in fields(whole)]
        assert read, "there are fields"
        assert [getattr(parted, name) for name in read] == [getattr(whole, name) for name in read]
