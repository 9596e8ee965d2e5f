"""Samples to the graph's types."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.sources.esper import normalise, wire
from gateway.upstream.call import Answer
from gateway.upstream.origin import Row, decode_row
from schema.types.esper import EsperPipeline, EsperStage, TargetListType
from schema.types.ids import GlobalId, Kind
from schema.types.reference import ReferenceKind
from schema.types.source import Source

SAMPLES = Path(__file__).parent.parent / "samples"
PIPELINE = "5b0c7f5e-6d0a-4f0f-9a39-0c4f2f1f9a10"
CANARY = "0e1b6a3c-1111-4a8e-8d5b-9a4c1b7d2e01"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def listed(name: str) -> Answer[wire.Listed]:
    body = msgspec.json.decode((SAMPLES / name).read_bytes(), type=wire.Listed)
    return Answer(body, NOW, Source.ESPER)


def stages() -> list[EsperStage]:
    answer = listed("stages.json")
    rows, dropped = answer.rows(answer.body.content.results, wire.Stage, normalise.identity)
    assert dropped == 0
    return [normalise.stage(row, PIPELINE, 7 + at) for at, row in enumerate(rows)]


def row_of(stage: dict[str, Any]) -> Row[wire.Stage]:
    raw = msgspec.Raw(msgspec.json.encode(stage))
    return decode_row(raw, wire.Stage, NOW, normalise.identity)


def single() -> dict[str, Any]:
    return msgspec.json.decode((SAMPLES / "stage.json").read_bytes())["content"]


def test_a_whole_stage() -> None:
    stage = stages()[0]
    assert GlobalId.parse(stage.id) == GlobalId(Source.ESPER, Kind.STAGE, PIPELINE, CANARY)
    assert (stage.source, stage.source_id) == (Source.ESPER, CANARY)
    assert (stage.name, stage.description) == ("Canary", "Ten devices on the bench.")
    assert (stage.position, stage.color, stage.timeout_seconds) == (7, None, 86_400)
    assert stage.created_at == datetime(2025, 3, 4, 8, 15, 30, 123456, tzinfo=UTC)
    assert stage.updated_at == datetime(2025, 3, 5, 9, 0, tzinfo=UTC)
    assert stage.origin.raw() == single()
    assert stage.origin.fetched_at == NOW


def test_a_stage_stands_in_the_pipeline_that_it_was_asked_by() -> None:
    moved = normalise.stage(row_of({**single(), "pipeline_id": CANARY}), PIPELINE, 0)
    for stage in (*stages(), moved):
        assert stage.process_keys == (GlobalId(Source.ESPER, Kind.PIPELINE, "", PIPELINE),)


def test_people_are_known_by_number_alone() -> None:
    creator, updater = stages()[0].created_by, stages()[0].updated_by
    assert creator is not None
    assert updater is not None
    assert GlobalId.parse(creator.id) == GlobalId(Source.ESPER, Kind.PERSON, "", "4107")
    assert (creator.source, creator.source_id, updater.source_id) == (Source.ESPER, "4107", "4112")
    assert {creator.kind, creator.display_name, creator.full_name, creator.email} == {None}


def test_what_is_missing_or_null_is_none() -> None:
    stage = stages()[1]
    assert (stage.name, stage.description, stage.timeout_seconds) == ("Whole fleet", None, None)
    assert (stage.updated_at, stage.created_by, stage.updated_by) == (None, None, None)
    assert stage.created_at is not None


def test_an_empty_description_stays_empty() -> None:
    assert normalise.stage(row_of({**single(), "description": ""}), PIPELINE, 0).description == ""


def test_a_list_and_a_get_have_the_same_version() -> None:
    there = normalise.stage(row_of(single()), PIPELINE, 0)
    assert stages()[0].origin.version() == there.origin.version()


@pytest.mark.parametrize("field", sorted(single()))
def test_the_version_covers_every_field(field: str) -> None:
    changed: dict[str, Any] = {
        **single(),
        "id": CANARY.replace("1111", "3333"),
        "pipeline_id": PIPELINE.replace("5b0c", "5b0d"),
        "name": "canary",
        "description": None,
        "timeout_seconds": 86_401,
        "created_at": "2025-03-04T08:15:30.123457Z",
        "updated_at": "2025-03-06T10:00:00Z",
        "created_by": 1,
        "updated_by": 2,
    }
    one = row_of({**single(), field: changed[field]})
    assert one.origin.version() != row_of(single()).origin.version()


def test_the_position_is_not_in_the_version() -> None:
    first, second = (normalise.stage(row_of(single()), PIPELINE, at) for at in (0, 1))
    assert first.position != second.position
    assert first.origin.version() == second.origin.version()


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"id": 5},
        {"id": CANARY.upper()},
        {"id": CANARY + "\n"},
        {"id": f"../{CANARY}"},
        {"name": 5},
        {"description": []},
        {"timeout_seconds": 2**31},
        {"timeout_seconds": "60"},
        {"created_at": "2025-03-04T08:15:30"},
        {"created_at": "yesterday"},
        {"created_by": "4107"},
        {"created_by": -1},
        {"updated_by": True},
        {"updated_by": 10**18},
    ],
)
def test_a_wrong_field_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.DecodeError):
        row_of({**single(), **wrong})


@pytest.mark.parametrize("kind", [wire.Pipeline, wire.Holder])
def test_a_pipeline_with_a_strange_id_is_dropped(kind: type[wire.Pipeline | wire.Holder]) -> None:
    answer = listed("pipelines.json")
    rows, dropped = answer.rows(answer.body.content.results, kind, normalise.identity)
    assert [row.wire.id for row in rows] == [PIPELINE]
    assert dropped == 1


def pipeline_of(content: Any) -> EsperPipeline:
    raw = msgspec.Raw(msgspec.json.encode(content))
    return normalise.pipeline(decode_row(raw, wire.Pipeline, NOW, normalise.identity))


def single_pipeline() -> dict[str, Any]:
    body = msgspec.json.decode((SAMPLES / "pipeline.json").read_bytes(), type=wire.Got)
    return msgspec.json.decode(body.content)


def test_a_whole_pipeline() -> None:
    one = pipeline_of({**single_pipeline(), "updated_at": "2025-03-05T10:00:00+01:00"})
    assert GlobalId.parse(one.id) == GlobalId(Source.ESPER, Kind.PIPELINE, "", PIPELINE)
    assert (one.source, one.source_id) == (Source.ESPER, PIPELINE)
    assert (one.name, one.description, one.members) == ("Kiosk update", "", None)
    assert one.created_at == datetime(2025, 3, 4, 8, 15, 29, 1, tzinfo=UTC)
    assert one.updated_at == datetime(2025, 3, 5, 9, 0, tzinfo=UTC)
    assert one.created_by is not None
    assert GlobalId.parse(one.created_by.id) == GlobalId(Source.ESPER, Kind.PERSON, "", "4107")
    assert one.updated_by is None


def test_a_listed_pipeline_and_a_single_one_have_the_same_version() -> None:
    answer = listed("pipelines.json")
    [row], _ = answer.rows(answer.body.content.results, wire.Pipeline, normalise.identity)
    there, here = normalise.pipeline(row), pipeline_of(single_pipeline())
    assert there.origin.version() == here.origin.version()
    changed = pipeline_of({**single_pipeline(), "name": "Another"})
    assert changed.origin.version() != here.origin.version()


@pytest.mark.parametrize(
    "wrong", [{"id": None}, {"id": PIPELINE.upper()}, {"name": 5}, {"created_by": "4107"}]
)
def test_a_wrong_field_of_a_pipeline_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.DecodeError):
        pipeline_of({**single_pipeline(), **wrong})


@pytest.mark.parametrize("code", [b"0", b"500", b'"x"', b"null"])
def test_the_envelope_counts_for_nothing(code: bytes) -> None:
    body = b'{"code":' + code + b',"message":5,"content":{"results":[],"previous":1}}'
    assert msgspec.json.decode(body, type=wire.Listed).content.results == []


def target_lists() -> list[Row[wire.TargetList]]:
    answer = listed("target_lists.json")
    rows, dropped = answer.rows(answer.body.content.results, wire.TargetList, normalise.identity)
    assert dropped == 0
    return rows


def target_list_of(content: dict[str, Any]) -> Row[wire.TargetList]:
    raw = msgspec.Raw(msgspec.json.encode({"id": CANARY, **content}))
    return decode_row(raw, wire.TargetList, NOW, normalise.identity)


def test_a_whole_target_list() -> None:
    row, _ = target_lists()
    one = normalise.target_list(row, CANARY)
    key = GlobalId(Source.ESPER, Kind.TARGET_LIST, PIPELINE, one.source_id)
    assert GlobalId.parse(one.id) == key
    assert one.source_id == "e020bfe9-7c71-4403-800b-700dad22bfd2"
    assert (one.name, one.type) == ("Pilot stores", TargetListType.GROUPS)
    assert one.pipeline_source_id == PIPELINE
    assert one.created_at == datetime(2025, 3, 4, 8, 15, 29, 500000, tzinfo=UTC)


def test_what_a_target_list_does_not_tell_is_known_from_the_ask() -> None:
    _, row = target_lists()
    bare = normalise.target_list(row, PIPELINE)
    assert GlobalId.parse(bare.id).scope == bare.pipeline_source_id == PIPELINE
    assert (bare.name, bare.type, bare.created_at) == (None, None, None)
    typed = normalise.target_list(row, PIPELINE, TargetListType.DEVICES)
    assert (typed.id, typed.type) == (bare.id, TargetListType.DEVICES)


@pytest.mark.parametrize(
    ("word", "type_"),
    [
        ("DEVICES", TargetListType.DEVICES),
        ("groups", TargetListType.GROUPS),
        ("Collections", TargetListType.COLLECTIONS),
        ("TAGS", TargetListType.OTHER),
        ("DEVICES ", TargetListType.OTHER),
        ("", TargetListType.OTHER),
        (None, None),
    ],
)
def test_words_of_types_have_no_case_and_unknown_ones_are_other(
    word: str | None, type_: TargetListType | None
) -> None:
    row = target_list_of({"target_list_type": word})
    assert normalise.target_list(row, PIPELINE).type is type_


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"id": CANARY.upper()},
        {"name": 5},
        {"target_list_type": 1},
        {"pipeline_id": "../x"},
        {"created_at": "yesterday"},
    ],
)
def test_a_wrong_field_of_a_target_list_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(msgspec.DecodeError):
        target_list_of(wrong)


def test_a_reference_has_the_id_of_its_target_list() -> None:
    for row in target_lists():
        it, one = (
            normalise.target_list_reference(row, PIPELINE),
            normalise.target_list(row, PIPELINE),
        )
        assert (it.id, it.source, it.source_id) == (one.id, Source.ESPER, one.source_id)
        assert (it.kind, it.name, it.display_id) == (ReferenceKind.TARGET_LIST, one.name, None)
