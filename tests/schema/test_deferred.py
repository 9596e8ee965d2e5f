"""Attributes that are made when they are read first are as any other to whoever reads them."""

from dataclasses import fields
from typing import Any

import pytest
import strawberry

from schema.types.deferred import Deferring, changed


@strawberry.type
class Parcel:
    """Something with parts."""

    id: str
    weight: int | None = None
    parts: list[str] | None = None


MADE: list[str] = []


def split(text: str) -> list[str]:
    MADE.append(text)
    return text.split()


parcels = Deferring[Parcel, str](Parcel, {"parts": split, "weight": len})


@pytest.fixture(autouse=True)
def nothing_made() -> None:
    MADE.clear()


def test_an_attribute_is_made_when_it_is_read_and_only_once() -> None:
    one = parcels.make("a b", id="1")
    assert (one.id, MADE) == ("1", [])
    assert one.parts == ["a", "b"]
    assert one.parts is one.parts
    assert MADE == ["a b"]
    assert one.weight == 3


def test_an_object_is_of_the_very_class_and_equal_to_one_that_was_made_whole() -> None:
    one, other = parcels.make("a b", id="1"), Parcel(id="1", weight=3, parts=["a", "b"])
    assert type(one) is Parcel
    assert one == other
    assert repr(one) == repr(other)


def test_what_is_told_is_not_made() -> None:
    assert parcels.make("a b", id="1", parts=None).parts is None
    assert MADE == []


def test_an_object_that_is_made_whole_keeps_its_own_and_the_defaults() -> None:
    assert (Parcel(id="1").parts, Parcel(id="1", parts=["x"]).parts) == (None, ["x"])
    assert {field.name: field.default for field in fields(Parcel)}["parts"] is None
    assert Parcel.parts is None


def test_a_changed_one_is_another_and_makes_no_more() -> None:
    one = parcels.make("a b", id="1")
    other = changed(one, id="2")
    assert (one.id, other.id, MADE) == ("1", "2", [])
    assert other.parts == ["a", "b"]
    assert vars(one).keys().isdisjoint({"parts"}), "they share nothing that may be changed"
    vars(one)["noted"] = "by somebody else"
    assert "noted" not in vars(changed(one))


def test_a_whole_one_can_be_changed_too() -> None:
    assert changed(Parcel(id="1", weight=2), weight=3) == Parcel(id="1", weight=3)


def test_nobody_else_makes_what_is_made_already() -> None:
    makers: dict[str, Any] = {"parts": split}
    with pytest.raises(TypeError, match=r"Parcel\.parts"):
        Deferring(Parcel, makers)
