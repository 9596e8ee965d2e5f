"""Samples to the graph's types."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import errors
from gateway.sources.outreach import normalise, wire
from gateway.upstream.call import Answer
from gateway.upstream.origin import decode_row
from schema.types.ids import GlobalId, Kind
from schema.types.outreach import OutreachStage
from schema.types.source import Source
from tests.attributes import attributes

SAMPLES = Path(__file__).parent.parent / "samples"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "id", "type", "name", "creator", "links"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


def sample(name: str) -> dict[str, Any]:
    return msgspec.json.decode((SAMPLES / name).read_bytes())


def page(body: dict[str, Any]) -> Answer[wire.Page]:
    decoded = msgspec.json.decode(msgspec.json.encode(body), type=wire.Page)
    return Answer(decoded, NOW, Source.OUTREACH)


def stages(body: dict[str, Any]) -> tuple[list[OutreachStage], int]:
    answer = page(body)
    rows, dropped = answer.rows(answer.body.data, wire.Stage, normalise.identity)
    known = normalise.people(answer.body.included)
    return [normalise.stage(row, known) for row in rows], dropped


def single(**changed: Any) -> OutreachStage:
    body = sample("stage.json")["data"]
    raw = msgspec.Raw(msgspec.json.encode({**body, **changed}))
    return normalise.stage(decode_row(raw, wire.Stage, NOW, normalise.identity), {})


def version(**changed: Any) -> str:
    return single(**changed).origin.version()


def changed_end(name: str, end: Any) -> str:
    relationships = sample("stage.json")["data"]["relationships"]
    return version(relationships={**relationships, name: end})


def test_a_stage() -> None:
    [stage, *_], dropped = stages(sample("stages.json"))
    assert dropped == 0
    assert GlobalId.parse(stage.id) == GlobalId(Source.OUTREACH, Kind.STAGE, "", "3")
    assert (stage.source, stage.source_id) == (Source.OUTREACH, "3")
    assert (stage.name, stage.position, stage.color) == ("Qualified Lead", 2, "#5951ff")
    assert stage.created_at == datetime(2025, 2, 3, 8, 30, tzinfo=UTC)
    assert stage.updated_at == datetime(2025, 6, 17, 15, 4, 5, 250_000, UTC)
    assert (stage.can_write, stage.can_delete) == (True, False)
    assert stage.data_connections == [{"source": "salesforce", "id": "00Q000000000003"}]
    assert stage.origin.fetched_at == NOW
    assert stage.origin.raw() == sample("stages.json")["data"][0]


def test_the_people_who_came_with_it() -> None:
    [stage, *_], _ = stages(sample("stages.json"))
    ada, bruno = stage.created_by, stage.updated_by
    assert ada is not None
    assert bruno is not None
    assert GlobalId.parse(ada.id) == GlobalId(Source.OUTREACH, Kind.PERSON, "", "11")
    assert (ada.source, ada.source_id, ada.kind) == (Source.OUTREACH, "11", "user")
    assert (ada.display_name, ada.full_name) == ("Ada", "Ada Okafor")
    assert (ada.email, ada.state) == ("ada.okafor@northwind.example", "active")
    assert (bruno.display_name, bruno.full_name) == ("Bruno", "Bruno Keller")
    assert (bruno.email, bruno.state) == (None, "locked")


def test_what_is_null_or_missing_is_none() -> None:
    _, stage, _ = stages(sample("stages.json"))[0]
    assert stage.source_id == "9007199254740993"
    assert stage.created_at == datetime(2025, 2, 3, 8, 30, tzinfo=UTC)
    assert {
        stage.name, stage.position, stage.color, stage.updated_at, stage.created_by,
        stage.updated_by, stage.can_write, stage.can_delete, stage.data_connections,
    } == {None}  # fmt: skip


def test_a_person_missing_among_the_included_keeps_the_id_alone() -> None:
    _, _, stage = stages(sample("stages.json"))[0]
    assert stage.created_by is not None
    assert stage.created_by.full_name == "Ada Okafor"
    person = stage.updated_by  # 99 is the number of a team, too
    assert person is not None
    assert (person.source_id, person.kind) == ("99", "user")
    assert {person.display_name, person.full_name, person.email, person.state} == {None}


@pytest.mark.parametrize("part", ["attributes", "relationships", "meta"])
def test_a_part_that_is_null_is_as_if_missing(part: str) -> None:
    body = sample("stage.json")["data"]
    del body[part]
    stage, other = single(**{part: None}), stages({"data": [body]})[0][0]
    assert attributes(stage) | {"origin": None} == attributes(other) | {"origin": None}
    assert stage.source_id == "3"
    assert stage.origin.version() == other.origin.version()


@pytest.mark.parametrize(
    ("order", "position"),
    [
        (0, 0),
        (-3, -3),
        (2.0, 2),
        (2.5, None),
        (2**31 - 1, 2**31 - 1),
        (2**31, None),
        (-(2**31), -(2**31)),
        (-(2**31) - 1, None),
        (1e300, None),
    ],
)
def test_a_position_is_a_whole_number_that_the_graph_can_tell(
    order: float, position: int | None
) -> None:
    assert single(attributes={"order": order}).position == position


@pytest.mark.parametrize(
    "bad",
    [
        {"id": 0}, {"id": -1}, {"id": "x"}, {"id": "3/4"}, {"id": "3\n"}, {"id": "03"},
        {"id": None}, {"id": True}, {"id": 10**18}, {"attributes": []},
        {"attributes": {"name": {}}}, {"attributes": {"createdAt": "yesterday"}},
        {"attributes": {"createdAt": "2025-01-01"}},
        {"relationships": {"creator": {"data": {"type": "user", "id": "../1"}}}},
        {"relationships": {"updater": {"data": []}}}, {"meta": {"canWrite": "yes"}},
    ],
)  # fmt: skip
def test_a_row_whose_form_is_wrong_costs_only_itself(bad: dict[str, Any]) -> None:
    body = sample("stages.json")
    body["data"].insert(1, {**sample("stage.json")["data"], **bad})
    rows, dropped = stages(body)
    assert [row.source_id for row in rows] == ["3", "9007199254740993", "7"]
    assert dropped == 1


def test_the_one_row_of_a_get_is_told_as_bad() -> None:
    answer = page({"data": [{"id": "x"}]})
    with pytest.raises(errors.BadResponse):
        answer.row(answer.body.data[0], wire.Stage, normalise.identity)


def test_a_get_has_the_list_s_version_whatever_the_form_of_ids() -> None:
    [stage, *_], _ = stages(sample("stages.json"))
    assert single().origin.version() == stage.origin.version()
    assert single().id == stage.id


def test_links_metadata_and_lists_are_not_of_the_version() -> None:
    assert version(links={"self": "elsewhere"}) == version()
    assert version(meta=None) == version()
    assert changed_end("prospects", {"data": [], "links": {"related": "x"}}) == version()
    assert changed_end("creator", {"data": {"type": "user", "id": 11}}) == version()


@pytest.mark.parametrize("name", ["name", "color", "order", "createdAt", "updatedAt", "customX"])
def test_every_attribute_is_of_the_version(name: str) -> None:
    attributes = sample("stage.json")["data"]["attributes"]
    assert version(attributes={**attributes, name: None}) != version()


def test_the_ends_of_relationships_are_of_the_version() -> None:
    others = [changed_end("creator", {"data": one}) for one in ({"type": "user", "id": 12}, None)]
    assert len({version(), *others}) == 3
    assert changed_end("creator", {"links": {"related": "x"}}) == others[1]
    assert version(id="4") != version()


@settings(max_examples=50)
@given(JUNK, JUNK)
def test_a_version_can_be_told_of_whatever_passes(creator: Any, other: Any) -> None:
    try:
        stage = single(relationships={"creator": creator, "owner": other, "prospects": other})
    except msgspec.DecodeError:
        return
    assert len(stage.origin.version()) == 24


@settings(max_examples=50)
@given(JUNK)
def test_included_resources_that_make_no_sense_are_passed_over(junk: Any) -> None:
    body = sample("stages.json")
    body["included"].insert(0, junk)
    assert stages(body)[0][0].created_by == stages(sample("stages.json"))[0][0].created_by


@pytest.mark.parametrize("included", [None, []])
def test_no_included_resources(included: list[Any] | None) -> None:
    rows, _ = stages({**sample("stages.json"), "included": included})
    assert rows[0].created_by is not None
    assert (rows[0].created_by.source_id, rows[0].created_by.full_name) == ("11", None)


def test_an_empty_list_has_no_links() -> None:
    assert stages(sample("empty.json")) == ([], 0)
    assert page(sample("empty.json")).body.links is None


def test_prospects_tell_their_stage() -> None:
    answer = page(sample("prospects.json"))
    rows, dropped = answer.rows(answer.body.data, wire.Prospect, normalise.identity)
    assert dropped == 0
    ends = [row.wire.relationships and row.wire.relationships.stage for row in rows]
    assert [str(row.wire.id) for row in rows] == ["41", "42", "43"]
    assert ends[0] is not None
    assert ends[0].data == wire.Reference("stage", 3)
    assert ends[1:] == [wire.ToOne(None), None]


@settings(max_examples=50)
@given(st.text(max_size=25) | st.from_regex(r"[1-9][0-9]{0,20}"))
def test_only_numbers_are_ids(text: str) -> None:
    is_id = text.isascii() and text.isdecimal() and text[:1] != "0" and len(text) <= 18
    assert normalise.is_number(text) is is_id
