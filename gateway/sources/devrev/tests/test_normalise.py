"""DevRev's words to the graph's, with no network."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.devrev import normalise, wire
from gateway.upstream.call import Answer
from gateway.upstream.origin import decode_row
from schema.types.devrev import DevRevStage
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.attributes import attributes

SAMPLES = Path(__file__).parent.parent / "samples"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
DON = "don:core:dvrv-us-1:devo/2bQx:custom_stage/12"


def sample(name: str) -> Any:
    return msgspec.json.decode((SAMPLES / f"{name}.json").read_bytes())


def stage_of(custom: dict[str, Any]) -> DevRevStage:
    raw = msgspec.Raw(msgspec.json.encode(custom))
    return normalise.stage(decode_row(raw, wire.Stage, NOW, normalise.identity))


def version_of(custom: dict[str, Any]) -> str:
    return stage_of(custom).origin.version()


@pytest.fixture
def custom() -> dict[str, Any]:
    return sample("stages.custom.get")["custom_stage"]


def test_a_stage_tells_all_that_devrev_tells(custom: dict[str, Any]) -> None:
    stage = stage_of(custom)
    assert GlobalId.parse(stage.id) == (Source.DEVREV, Kind.STAGE, "", DON)
    assert (stage.source, stage.source_id, stage.display_id) == (Source.DEVREV, DON, "STG-12")
    assert (stage.name, stage.position, stage.color) == ("In Review", 500, None)
    assert stage.created_at == datetime(2025, 1, 8, 9, tzinfo=UTC)
    assert stage.updated_at == datetime(2025, 2, 22, 16, 12, 0, 250_000, tzinfo=UTC)
    assert stage.origin.raw() == custom
    assert stage.origin.fetched_at == NOW


def test_its_state_has_an_id_of_its_own_kind(custom: dict[str, Any]) -> None:
    state = stage_of(custom).state
    assert state is not None
    don = "don:core:dvrv-us-1:devo/2bQx:custom_state/2"
    assert GlobalId.parse(state.id) == (Source.DEVREV, Kind.STATE, "", don)
    assert (state.source_id, state.display_id) == (don, "STA-2")
    assert (state.name, state.is_final) == ("in_progress", False)


def test_its_people_have_pictures_where_devrev_has(custom: dict[str, Any]) -> None:
    stage = stage_of(custom)
    creator, changer = stage.created_by, stage.updated_by
    assert creator is not None
    assert changer is not None
    don = "don:identity:dvrv-us-1:devo/2bQx:devu/7"
    assert GlobalId.parse(creator.id) == (Source.DEVREV, Kind.PERSON, "", don)
    assert (creator.source, creator.source_id, creator.kind) == (Source.DEVREV, don, "dev_user")
    assert (creator.display_id, creator.display_name) == ("DEVU-7", "grace")
    assert (creator.full_name, creator.email) == ("Grace Liu", "grace@example.com")
    assert creator.state == "active"
    picture = creator.picture
    assert picture is not None
    don = "don:core:dvrv-us-1:devo/2bQx:artifact/70"
    assert GlobalId.parse(picture.id) == (Source.DEVREV, Kind.ARTIFACT, "", don)
    assert (picture.source_id, picture.display_id) == (don, "ARTIFACT-70")
    assert (picture.file_name, picture.file_type) == ("grace.png", "image/png")
    assert picture.file_size_bytes == 20480
    assert (changer.kind, changer.full_name, changer.picture) == ("sys_user", None, None)


def test_an_id_is_all_that_a_stage_needs() -> None:
    stage = stage_of({"id": DON})
    assert stage.source_id == DON
    shown = {name: value for name, value in attributes(stage).items() if value is not None}
    assert shown.keys() == {"id", "source", "source_id", "origin"}


@pytest.mark.parametrize(
    "field", ["created_by", "modified_by", "state", "name", "ordinal", "created_date", "display_id"]
)
def test_null_is_as_absent(custom: dict[str, Any], field: str) -> None:
    without = {name: value for name, value in custom.items() if name != field}
    null, absent = stage_of({**custom, field: None}), stage_of(without)
    assert {**attributes(null), "origin": None} == {**attributes(absent), "origin": None}
    assert null.origin.version() == absent.origin.version()


def test_somebody_without_an_id_is_nobody_and_costs_no_stage(custom: dict[str, Any]) -> None:
    del custom["created_by"]["id"]
    custom["modified_by"]["id"] = None
    custom["state"]["id"] = ""
    stage = stage_of(custom)
    assert (stage.created_by, stage.updated_by, stage.state) == (None, None, None)
    assert stage.name == "In Review"


BAD = {
    "id": [None, "", 12, "STG-12", "don:core:x", DON + "\n", DON + "/../..", "don:" + "a:b/c" * 60],
    "ordinal": [2**31, -(2**31) - 1, 1.5, "1", True],
    "created_date": ["2025-01-08", "2025-01-08T09:00:00", "soon", 1],
    "name": [{"unexpected": True}, 7],
    "state": ["open", []],
    "modified_by": ["DEVU-1"],
}


@pytest.mark.parametrize(("field", "value"), [(f, one) for f, ones in BAD.items() for one in ones])
def test_a_bad_row_costs_only_itself(custom: dict[str, Any], field: str, value: object) -> None:
    rows = [custom, {**custom, field: value}, {"id": DON[:-1] + "3"}]
    raws = [msgspec.Raw(msgspec.json.encode(one)) for one in rows]
    good, dropped = Answer(None, NOW, Source.DEVREV).rows(raws, wire.Stage, normalise.identity)
    assert [row.wire.id for row in good] == [DON, DON[:-1] + "3"]
    assert dropped == 1


def test_a_page_may_have_rows_of_nothing_but_ids() -> None:
    page = msgspec.json.decode((SAMPLES / "stages.custom.list.json").read_bytes(), type=wire.Page)
    answer = Answer(page, NOW, Source.DEVREV)
    rows, dropped = answer.rows(page.result, wire.Stage, normalise.identity)
    assert [normalise.stage(row).name for row in rows] == ["In Review", None]
    assert (dropped, page.cursor) == (0, "Y3Vyc29yIDI=")


@pytest.mark.parametrize("field", ["name", "ordinal", "display_id", "modified_date"])
def test_the_version_tells_a_change_of_its_own(custom: dict[str, Any], field: str) -> None:
    before = version_of(custom)
    custom[field] = {"ordinal": 501}.get(field, "2025-03-01T00:00:00.000Z")
    assert version_of(custom) != before


@pytest.mark.parametrize("field", ["state", "created_by", "modified_by"])
def test_the_version_tells_another_end_but_not_that_ones_changes(
    custom: dict[str, Any], field: str
) -> None:
    before = version_of(custom)
    custom[field] = {**custom[field], "display_name": "renamed", "name": "renamed"}
    assert version_of(custom) == before
    custom[field]["id"] += "1"
    assert version_of(custom) != before


def test_the_version_does_not_hang_on_the_order_of_fields(custom: dict[str, Any]) -> None:
    assert version_of(dict(reversed(custom.items()))) == version_of(custom)
    assert re.fullmatch("[0-9a-f]{24}", version_of(custom))


def test_stages_do_not_tell_where_they_stand(custom: dict[str, Any]) -> None:
    assert stage_of(custom).process_keys is None


@pytest.mark.parametrize(
    "text", [DON, "don:core:dvrv-us-1:devo/0:vista/1:vista_group_item/2", "STG-12", "A_B-1"]
)
def test_ids_are_dons_and_display_ids(text: str) -> None:
    assert normalise.is_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "12", "stg-12", "STG-", "STG-1\n", "STG-1x", "STG12", "../STG-1", "STG-1/..",
        "STG-\uff11",
        "don:", "don:core", "don:core:a", "don:core:../../x", "don:core:a:b/", "don:core:a:b/..",
        "don:core:a::b/1", "don:core:a:b/1\n", "don:core:a:b/1?x", "don:core:a:b/é", " " + DON,
        "DON" + DON[3:], "don:core:a:b/" + "1" * 160,
    ],
)  # fmt: skip
def test_nothing_else_is_an_id(text: str) -> None:
    assert not normalise.is_id(text)


@given(st.text(max_size=200))
def test_what_is_an_id_is_short_and_plain(text: str) -> None:
    assert not normalise.is_id(text) or re.fullmatch("[A-Za-z0-9_.:/-]{1,160}", text)


NAMES = st.text("aZ09", min_size=1, max_size=3).flatmap(
    lambda first: st.text("aZ0_.-", max_size=5).map(first.__add__)
)
DONS = st.lists(st.lists(NAMES, min_size=1, max_size=2).map("/".join), min_size=3, max_size=6).map(
    lambda parts: ":".join(["don", *parts])
)


@given(DONS)
def test_every_don_survives_a_global_id(don: str) -> None:
    key = normalise.global_id(Kind.STAGE, don)
    assert GlobalId.parse(str(key)) == key
    assert normalise.is_don(don)


def test_an_object_is_meant_by_its_don_or_its_display_id() -> None:
    other = DON + "3"
    assert normalise.is_meant(DON, DON, "STG-12")
    assert not normalise.is_meant(DON, other, "STG-12")
    assert not normalise.is_meant(DON, other, DON)
    assert normalise.is_meant("STG-12", DON, "STG-12")
    assert not normalise.is_meant("STG-12", DON, "STG-13")
    assert normalise.is_meant("STG-12", DON, None)
