"""A digest tells every two inputs apart, of every mutation there is."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
import strawberry
from strawberry import UNSET, Some
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional

from gateway.writes.fingerprint import digest, fingerprint
from schema.build import build
from schema.types.inputs.esper import EsperStagePatch
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.work import UpdateWorkInput

ID = strawberry.ID("x")


def inputs() -> dict[str, type]:
    """Return the class of each mutation's input, by the mutation's name in the graph."""
    schema = build()
    mutation = schema.schema_converter.type_map["Mutation"].definition
    return {
        schema.config.name_converter.get_graphql_name(field): field.arguments[0].type
        for field in mutation.fields  # type: ignore[union-attr]
    }


INPUTS = inputs()


def values(kind: Any) -> Iterator[Any]:
    """Yield some values of a type, all of which differ."""
    if isinstance(kind, StrawberryMaybe):
        yield None
        inner = kind.of_type
        if isinstance(inner, StrawberryOptional):
            yield Some(None)
            inner = inner.of_type
        yield from (Some(one) for one in values(inner))
    elif isinstance(kind, StrawberryOptional):
        yield UNSET
        yield from values(kind.of_type)
    elif isinstance(kind, StrawberryList):
        some = list(values(kind.of_type))[:2]
        yield from ([], some[:1], some, some[::-1])
    elif get_object_definition(kind):
        yield from made(kind)
    else:
        yield from plain(kind)


def plain(kind: Any) -> Iterator[Any]:
    enum = getattr(kind, "wrapped_cls", None)
    if enum is not None and issubclass(enum, Enum):
        yield from list(enum)[:2]
    elif kind is datetime:
        yield from (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2))
    elif kind is bool:
        yield from (False, True)
    elif kind is int:
        yield from (1, 2)
    elif kind is float:
        yield from (1.5, 2.5)
    elif kind in {str, strawberry.ID}:
        yield from ("", "a", '"a"', "é\ud800")
    else:
        yield from ({}, {"a": 1}, [1], "text", 2.0)  # JSON


def made(kind: Any) -> Iterator[Any]:
    """Yield inputs of a class: a first one, and for each other value of each field one more."""
    definition = get_object_definition(kind, strict=True)
    choices = {one.python_name: list(values(one.type)) for one in definition.fields}
    first = {name: some[0] for name, some in choices.items()}
    yield kind(**first)
    for name, some in choices.items():
        for value in some[1:]:
            yield kind(**{**first, name: value})


@pytest.mark.parametrize("mutation", INPUTS)
def test_every_field_of_every_input_counts(mutation: str) -> None:
    some = [one for one in made(INPUTS[mutation]) if one.idempotency_key is UNSET]
    prints = [fingerprint(mutation, one) for one in some]
    assert len(set(prints)) == len(prints) > 1
    assert [fingerprint(mutation, one) for one in some] == prints


def test_there_are_sixteen_mutations() -> None:
    assert len(INPUTS) == 16


def test_a_mutation_s_name_counts_and_its_key_does_not() -> None:
    asked = UpdateStageInput(id=ID, name=Some("a"), idempotency_key="k")
    same = UpdateStageInput(id=ID, name=Some("a"), idempotency_key="l")
    without = UpdateStageInput(id=ID, name=Some("a"))
    assert len({fingerprint("a", one) for one in (asked, same, without)}) == 1
    assert fingerprint("a", asked) != fingerprint("b", asked)


def test_absent_null_and_empty_are_three_things_of_a_patch() -> None:
    patches = [
        UpdateStageInput(id=ID, name=None), UpdateStageInput(id=ID, name=Some(None)),
        UpdateStageInput(id=ID, name=Some("")),
        UpdateStageInput(id=ID, esper=EsperStagePatch(description=None)),
        UpdateStageInput(id=ID, esper=EsperStagePatch(description=Some(None))),
    ]  # fmt: skip
    assert len({fingerprint("a", one) for one in patches}) == len(patches)


def test_where_null_is_as_absent_both_are_one() -> None:
    pairs = [(UNSET, None), (None, UNSET)]
    prints = {
        fingerprint("a", UpdateStageInput(id=ID, if_version=version, esper=block))
        for version, block in pairs
    }
    assert len(prints) == 1


def test_a_moment_is_one_whatever_its_zone() -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    prints = {
        fingerprint("a", UpdateWorkInput(id=ID, target_close_at=Some(one)))
        for one in (moment, moment.astimezone(timezone(timedelta(hours=5))))
    }
    assert len(prints) == 1


def test_parts_do_not_run_into_each_other() -> None:
    parts = ["", "a", "b", "ab", '"', ",", '","', "\\"]
    pairs = list(itertools.product(parts, repeat=2))
    assert len({digest(*pair) for pair in pairs}) == len(pairs)
    assert digest("a", "b") != digest("a", "b", "")


def test_nothing_of_an_input_can_be_read_off() -> None:
    shown = fingerprint("createStage", UpdateStageInput(id=ID, name=Some("s3cr3t")))
    assert len(shown) == 32
    assert set(shown) <= set("0123456789abcdef")


def test_what_is_no_part_of_an_input_is_refused() -> None:
    with pytest.raises(TypeError, match="set is no part of an input"):
        digest({1})
