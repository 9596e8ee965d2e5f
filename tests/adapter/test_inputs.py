"""A judge looks at a whole input before it says anything."""

from typing import Any

import pytest
from strawberry import UNSET

from gateway.adapter import Adapter, Judge, told
from gateway.errors import Complaint, Invalid
from schema.types.ids import GlobalId, Kind
from schema.types.mutation_errors import Constraint
from schema.types.source import Source

STAGE = GlobalId(Source.ESPER, Kind.STAGE, "p", "s1")


class Own:
    """Stands for a source whose ids begin with "s"."""

    id = Source.ESPER

    def owns(self, id: GlobalId) -> bool:  # noqa: A002 - the port's word
        return id.source_id.startswith("s")


def judge(*at: str) -> Judge:
    own: Any = Own()
    adapter: Adapter = own
    return Judge(adapter, at) if at else Judge(adapter)


def own(text: str) -> GlobalId:
    return GlobalId(Source.ESPER, Kind.STAGE, "p", text)


def found(by: Judge) -> list[Complaint]:
    with pytest.raises(Invalid) as caught:
        by.done()
    assert caught.value.source is Source.ESPER
    assert str(caught.value)
    return list(caught.value.complaints)


def only(by: Judge) -> tuple[Constraint, tuple[str, ...] | None]:
    [one] = found(by)
    return one.constraint, one.path


def test_where_nothing_is_wrong_nothing_is_raised() -> None:
    by = judge()
    by.text("a", "name", longest=1)
    assert by.id(str(STAGE), Kind.STAGE, "stageId") == STAGE
    assert by.ids([], Kind.STAGE, "stageIds") == []
    by.done()
    by.done()


def test_all_that_is_wrong_is_told_at_once_and_in_order() -> None:
    by = judge("input", "stage", "esper")
    by.text("", "name", longest=9)
    by.wrong("It is odd.", Constraint.OTHER)
    by.ids(["s", "x", str(STAGE)], Kind.STAGE, "next", own=own)
    by.wrong("It is 0.", Constraint.RANGE, "rows", "3", "count")
    assert [(one.message, one.constraint, one.path) for one in found(by)] == [
        ("`input.stage.esper.name`: It is empty.", Constraint.REQUIRED,
         ("input", "stage", "esper", "name")),
        ("`input.stage.esper`: It is odd.", Constraint.OTHER, ("input", "stage", "esper")),
        ("`input.stage.esper.next.1`: 'x' is not an id of this graph; ids come from its answers.",
         Constraint.FORMAT, ("input", "stage", "esper", "next", "1")),
        ("`input.stage.esper.rows.3.count`: It is 0.", Constraint.RANGE,
         ("input", "stage", "esper", "rows", "3", "count")),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "may_be_empty", "constraint"), [
    (None, False, Constraint.REQUIRED), (None, True, Constraint.REQUIRED),
    ("", False, Constraint.REQUIRED), (" \t\n\u3000", False, Constraint.REQUIRED),
    ("abcd", False, Constraint.LENGTH), ("    ", True, Constraint.LENGTH),
    ("", True, None), ("  ", True, None), ("abc", False, None), ("äöü", False, None),
    (" a ", False, None),
])  # fmt: skip
def test_a_text_is_there_and_not_too_long(
    text: str | None, may_be_empty: bool, constraint: Constraint | None
) -> None:
    by = judge()
    by.text(text, "name", longest=3, may_be_empty=may_be_empty)
    if constraint is None:
        by.done()
    else:
        assert only(by) == (constraint, ("input", "name"))


def test_a_text_s_length_is_told_and_not_the_text() -> None:
    by = judge()
    by.text("s3cr3t" * 1000, "name", longest=255)
    [one] = found(by)
    assert one.message == "`input.name`: It has 6000 characters; 255 are allowed."


@pytest.mark.parametrize(("text", "constraint"), [
    ("", Constraint.FORMAT), ("s1", Constraint.FORMAT), ("x" * 9999, Constraint.FORMAT),
    ("\x00\ud800", Constraint.FORMAT),
    (str(STAGE) + "=", Constraint.FORMAT),
    (str(STAGE._replace(source=Source.OUTREACH)), Constraint.WRONG_SOURCE),
    (str(STAGE._replace(source=Source.OUTREACH, kind=Kind.WORK)), Constraint.WRONG_SOURCE),
    (str(STAGE._replace(kind=Kind.WORK)), Constraint.REFERENCE),
    (str(STAGE._replace(source_id="x")), Constraint.FORMAT),
])  # fmt: skip
def test_an_id_is_global_of_this_source_and_of_the_kind(text: str, constraint: Constraint) -> None:
    by = judge()
    assert by.id(text, Kind.STAGE, "stageId") is None
    [one] = found(by)
    assert (one.constraint, one.path) == (constraint, ("input", "stageId"))
    assert len(one.message) < 200


def test_a_vendor_s_own_id_is_taken_where_that_is_said() -> None:
    by = judge()
    assert by.id("s9", Kind.STAGE, "stageId", own=own) == own("s9")
    assert by.id(str(STAGE), Kind.STAGE, "stageId", own=own) == STAGE
    by.done()
    assert by.id("x9", Kind.STAGE, "stageId", own=own) is None
    assert by.id(str(STAGE._replace(kind=Kind.WORK)), Kind.STAGE, "other", own=own) is None
    assert [one.constraint for one in found(by)] == [Constraint.FORMAT, Constraint.REFERENCE]


def test_of_a_list_the_good_ones_are_read() -> None:
    by = judge()
    assert by.ids(["s1", "x", "s2", ""], Kind.STAGE, "ids", own=own) == [own("s1"), own("s2")]
    assert [one.path for one in found(by)] == [("input", "ids", "1"), ("input", "ids", "3")]


class Patch:
    """Stands for an input with a block for each of three sources."""

    name = None
    devrev: Any = UNSET
    esper: Any = UNSET
    storyblok: Any = UNSET


def test_blocks_of_other_sources_are_refused_and_its_own_is_not() -> None:
    patch, by = Patch(), judge()
    patch.esper, patch.storyblok = object(), None
    by.refuse_blocks(patch)
    by.refuse_nothing({"name": 1})
    by.done()
    patch.devrev = patch.storyblok = object()
    by.refuse_blocks(patch)
    by.refuse_nothing({})  # which is no fault beside others
    assert [(one.message, one.constraint, one.path) for one in found(by)] == [
        (f"`input.{name}`: It is for {name.upper()} alone; this object is ESPER's.",
         Constraint.WRONG_SOURCE, ("input", name))
        for name in ("devrev", "storyblok")
    ]  # fmt: skip


@pytest.mark.parametrize("changes", [{}, (), None])
def test_an_update_changes_something(changes: Any) -> None:
    by = judge()
    by.refuse_nothing(changes)
    assert only(by) == (Constraint.REQUIRED, ("input",))


@pytest.mark.parametrize(("value", "expected"), [(UNSET, None), (None, None), ("", ""), (0, 0)])
def test_of_a_create_null_is_as_absent(value: Any, expected: Any) -> None:
    assert told(value) == expected
