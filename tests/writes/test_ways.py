"""Every mutation finds its source and its method, and is refused where there is none."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest
import strawberry
from strawberry import UNSET
from strawberry.types.base import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from gateway import errors
from gateway.adapter import DOES, Adapter, Plan, Writes
from gateway.app import adapter_kinds
from gateway.upstream.trace import Trace
from gateway.writes import WAYS
from gateway.writes.ways import judge
from schema.build import build
from schema.types.ids import GlobalId, Kind
from schema.types.mutation_errors import Constraint
from schema.types.source import Source
from schema.types.sources import Operation


def argument_types() -> dict[str, type]:
    """Return the class of each mutation's input, by the mutation's name in the graph."""
    schema = build()
    mutation: Any = schema.schema_converter.type_map["Mutation"].definition
    name_of = schema.config.name_converter.get_graphql_name
    return {name_of(field): field.arguments[0].type for field in mutation.fields}


INPUTS = argument_types()
CREATES = [name for name, way in WAYS.items() if DOES[way.capability][1] is Operation.CREATE]
OTHERS = [name for name in WAYS if name not in CREATES]


async def send(trace: Trace) -> Any:
    raise AssertionError


class Bare(Adapter):
    """A source that can do nothing; an id is its own if its scope is "mine"."""

    def __init__(self, source: Source) -> None:
        self.id = source  # type: ignore[misc]
        self.asked: list[tuple[str, Any]] = []
        self.plan = Plan(send=send)

    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the port's word
        return id.scope == "mine"


def able(source: Source, *names: str) -> Any:
    """Return a source that has the capabilities of some mutations."""

    def method(name: str) -> Any:
        def plan(self: Bare, *asked: Any) -> Plan:
            self.asked.append((name, asked))
            return self.plan

        return plan

    ways = [WAYS[name] for name in names]
    methods = {way.method: method(way.method) for way in ways}
    kind: Any = type("Able", (Bare, *(way.capability for way in ways)), methods)
    kind.__abstractmethods__ = frozenset()
    return kind(source)


def every(**more: Adapter) -> Mapping[Source, Any]:
    return {source: more.get(source.value) or able(source, *WAYS) for source in Source}


def key(source: Source, kind: Kind, scope: str = "mine") -> GlobalId:
    return GlobalId(source, kind, scope, "1")


def input_of(mutation: str, chosen: Any) -> Any:
    """Return an input whose one field that a way reads is set; the core reads no other."""
    asked = object.__new__(INPUTS[mutation])
    for one in fields(INPUTS[mutation]):
        setattr(asked, one.name, UNSET)
    setattr(asked, WAYS[mutation].field, chosen)
    return asked


def one_of_type(mutation: str) -> Any:
    definition = get_object_definition(INPUTS[mutation], strict=True)
    [own] = [one for one in definition.fields if one.python_name == WAYS[mutation].field]
    return own.type


def members(mutation: str) -> list[str]:
    return [one.name for one in fields(one_of_type(mutation))]


def chosen(mutation: str, member: str, new: Any) -> Any:
    one_of: Any = object.__new__(one_of_type(mutation))
    for name in members(mutation):
        setattr(one_of, name, new if name == member else UNSET)
    return one_of


def refused(mutation: str, id_: str, adapters: Mapping[Source, Any]) -> errors.Complaint:
    with pytest.raises(errors.Invalid) as caught:
        judge(mutation, input_of(mutation, strawberry.ID(id_)), adapters)
    [complaint] = caught.value.complaints
    return complaint


def test_every_mutation_has_a_way_and_no_other_has() -> None:
    assert set(WAYS) == set(INPUTS)
    assert {way.capability for way in WAYS.values()} == set(DOES)


@pytest.mark.parametrize("mutation", WAYS)
def test_a_way_names_what_there_is(mutation: str) -> None:
    way = WAYS[mutation]
    assert way.capability.__abstractmethods__ == {way.method}
    assert to_camel_case(way.method) == mutation
    assert way.field in {one.name for one in fields(INPUTS[mutation])}
    assert {"idempotency_key"} <= {one.name for one in fields(INPUTS[mutation])}
    kind, operation = DOES[way.capability]
    if operation not in {Operation.ATTACH, Operation.DETACH}:
        assert kind.name == way.kind.name


CREATIONS = [(mutation, member) for mutation in CREATES for member in members(mutation)]


@pytest.mark.parametrize(("mutation", "member"), CREATIONS)
def test_what_is_new_goes_to_the_source_that_its_member_names(mutation: str, member: str) -> None:
    new, adapters = object(), every()
    ask = judge(mutation, input_of(mutation, chosen(mutation, member, new)), adapters)
    source = ask.adapter.id
    assert member.split("_", maxsplit=1)[0] == source.value
    at = ("input", WAYS[mutation].field, to_camel_case(member))
    assert adapters[source].asked == [(WAYS[mutation].method, (new, at))]
    assert (ask.key, ask.at, ask.makes, ask.plan) == (None, at, True, adapters[source].plan)
    assert not any(one.asked for one in adapters.values() if one is not ask.adapter)


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("mutation", OTHERS)
def test_a_change_goes_to_the_source_that_its_id_names(mutation: str, source: Source) -> None:
    way, adapters = WAYS[mutation], every()
    own = key(source, way.kind)
    asked = input_of(mutation, str(own))
    ask = judge(mutation, asked, adapters)
    operation = DOES[way.capability][1]
    rest = () if operation is Operation.DELETE else (asked,)
    assert adapters[source].asked == [(way.method, (own, *rest))]
    assert (ask.adapter, ask.key, ask.input) == (adapters[source], own, asked)
    assert ask.at == ("input", "stageId" if way.field == "stage_id" else "id")
    assert ask.makes is (operation is Operation.DUPLICATE)


@pytest.mark.parametrize("mutation", OTHERS)
@pytest.mark.parametrize("text", ["", "s1", "x" * 5000, "a:b:c:d", "\ud800", "ZXNwZXI6"])
def test_what_is_no_id_is_refused(mutation: str, text: str) -> None:
    complaint = refused(mutation, text, every())
    assert (complaint.constraint, complaint.path) == (
        Constraint.FORMAT, ("input", to_camel_case(WAYS[mutation].field)),
    )  # fmt: skip
    assert len(complaint.message) < 200


@pytest.mark.parametrize("mutation", OTHERS)
def test_the_id_of_another_kind_is_refused_even_where_the_source_is_not_connected(
    mutation: str,
) -> None:
    way = WAYS[mutation]
    for kind in set(Kind) - {way.kind}:
        complaint = refused(mutation, str(key(Source.ESPER, kind)), {})
        assert complaint.constraint is Constraint.REFERENCE
        assert complaint.path == ("input", to_camel_case(way.field))
        assert f"the id of a {way.kind} is needed" in complaint.message


@pytest.mark.parametrize("mutation", OTHERS)
def test_an_id_that_the_source_does_not_give_is_refused(mutation: str) -> None:
    adapters = every()
    other = str(key(Source.ESPER, WAYS[mutation].kind, scope="../x"))
    assert refused(mutation, other, adapters).constraint is Constraint.FORMAT
    assert not adapters[Source.ESPER].asked


@pytest.mark.parametrize("mutation", WAYS)
def test_a_source_that_is_not_connected_is_told(mutation: str) -> None:
    with pytest.raises(errors.NotConnected) as caught:
        judge(mutation, some_input(mutation, Source.ESPER), {})
    assert mutation in OTHERS or caught.value.source.value in members(mutation)[0]


def some_input(mutation: str, source: Source) -> Any:
    if mutation in CREATES:
        return input_of(mutation, chosen(mutation, members(mutation)[0], object()))
    return input_of(mutation, str(key(source, WAYS[mutation].kind)))


@pytest.mark.parametrize("mutation", WAYS)
def test_what_a_source_lacks_is_told_with_what_to_do_instead(mutation: str) -> None:
    others = [name for name in WAYS if name != mutation]
    for source in Source:
        adapters = every(**{source.value: able(source, *others)})
        adapters[source].instead = {mutation: "Do this instead."}
        asked = some_input(mutation, source)
        if mutation in CREATES and not members(mutation)[0].startswith(source.value):
            continue
        with pytest.raises(errors.NotSupported) as caught:
            judge(mutation, asked, adapters)
        kind, operation = DOES[WAYS[mutation].capability]
        assert caught.value.capability == f"{kind.name}.{operation.name}"
        assert caught.value.message.startswith(f"{source.name} cannot {operation.name.lower()} a ")
        assert caught.value.message.endswith(". Do this instead.")
        assert not adapters[source].asked


def test_a_source_that_writes_nothing_has_nothing_to_say_instead() -> None:
    asked = some_input("deleteStage", Source.ESPER)
    with pytest.raises(errors.NotSupported) as caught:
        judge("deleteStage", asked, {Source.ESPER: able(Source.ESPER)})
    assert caught.value.message == "ESPER cannot delete a stage."


@pytest.mark.parametrize("source", Source)
def test_sources_speak_only_of_mutations_that_there_are_and_that_they_lack(source: Source) -> None:
    kind = adapter_kinds()[source]
    for mutation in kind.instead if issubclass(kind, Writes) else ():
        assert not issubclass(kind, WAYS[mutation].capability)
