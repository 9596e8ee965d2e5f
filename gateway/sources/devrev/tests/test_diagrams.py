"""Stage diagrams to workflows, with no network."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.devrev import normalise, wire
from gateway.sources.devrev.tests.shown import Json, flow, key, told
from gateway.upstream.call import Answer
from gateway.upstream.origin import decode_row
from schema.types.devrev import DevRevWorkflow
from schema.types.ids import Kind
from schema.types.source import Source
from tests.attributes import attributes

SAMPLES = Path(__file__).parent.parent / "samples"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def workflow_of(diagram: Json) -> tuple[DevRevWorkflow, int]:
    raw = msgspec.Raw(msgspec.json.encode(diagram))
    return normalise.workflow(decode_row(raw, wire.Diagram, NOW, normalise.identity))


@pytest.fixture
def sample() -> Json:
    whole = msgspec.json.decode((SAMPLES / "stage-diagrams.get.json").read_bytes())
    return whole["stage_diagram"]


def test_a_workflow_tells_all_that_devrev_tells(sample: Json) -> None:
    workflow, spoilt = workflow_of(sample)
    queued, review = (
        key(f"don:core:dvrv-us-1:devo/2bQx:custom_stage/{n}", Kind.STAGE) for n in (9, 12)
    )
    assert told(workflow) == {
        "id": str(key("don:core:dvrv-us-1:devo/2bQx:stage_diagram/6")),
        "fields": (
            Source.DEVREV, "don:core:dvrv-us-1:devo/2bQx:stage_diagram/6", "SDG-6", "Ticket flow",
            "ticket", True, False,
        ),
        "people": (
            "don:identity:dvrv-us-1:devo/2bQx:devu/7", "don:identity:dvrv-us-1:devo/2bQx:sysu/1",
        ),
        "times": ("2025-01-09T10:30:00.000Z", "2025-03-02T08:00:00.125Z"),
        "nodes": [(queued, [review], True, False), (review, [], False, True)],
        "members": [queued, review],
        "steps": [(queued, review)],
        "raw": sample,
    }  # fmt: skip
    assert (spoilt, workflow.origin.fetched_at) == (0, NOW)


BAD_NODES = [{"stage": {"id": 7}}, {"stage": None}, {"is_start": True}, "x", {"stage": "STG-1"}]
BAD_NODES += [{"stage": {"id": "STG-1"}}, {"stage": {"id": "../x"}}, None, []]


@given(st.lists(st.sampled_from(BAD_NODES), max_size=5), st.integers(0, 2))
def test_a_bad_node_costs_itself(bad: list[Any], place: int) -> None:
    whole = msgspec.json.decode((SAMPLES / "stage-diagrams.get.json").read_bytes())
    diagram = whole["stage_diagram"]
    sound, _ = workflow_of(diagram)
    diagram["stages"][place:place] = bad
    workflow, spoilt = workflow_of(diagram)
    assert {**told(workflow), "raw": None} == {**told(sound), "raw": None}
    assert spoilt == len(bad)


def test_a_bad_transition_costs_itself(sample: Json) -> None:
    ways = sample["stages"][0]["transitions"]
    ways += [{"target_stage": {"id": "STG-1"}}, {}, {"target_stage": None}, 3]
    workflow, spoilt = workflow_of(sample)
    assert spoilt == 4
    assert [one.next_stage_keys for one in workflow.nodes or ()] == [
        [workflow.members and workflow.members[1]], []
    ]  # fmt: skip
    assert len(workflow.transitions or ()) == 1


def test_a_stage_that_stands_twice_is_one_member(sample: Json) -> None:
    sample["stages"] *= 2
    workflow, spoilt = workflow_of(sample)
    assert (len(workflow.nodes or ()), len(workflow.members or ()), spoilt) == (4, 2, 0)


def test_an_id_and_stages_are_all_that_a_workflow_needs() -> None:
    workflow, spoilt = workflow_of({"id": flow(1).source_id, "stages": []})
    full = {name: value for name, value in attributes(workflow).items() if value is not None}
    assert full.keys() == {
        "id", "source", "source_id", "origin", "members", "transitions", "nodes",
    }  # fmt: skip
    assert (workflow.members, workflow.transitions, workflow.nodes, spoilt) == ([], [], [], 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "SDG-6"), ("id", None), ("stages", {}), ("stages", None), ("name", 7),
        ("leaf_type", []), ("is_default", "true"), ("created_date", "soon"), ("created_by", "x"),
    ],
)  # fmt: skip
def test_a_bad_field_costs_the_row(sample: Json, field: str, value: object) -> None:
    raws = [msgspec.Raw(msgspec.json.encode(one)) for one in (sample, {**sample, field: value})]
    rows, dropped = Answer(None, NOW, Source.DEVREV).rows(raws, wire.Diagram, normalise.identity)
    assert (len(rows), dropped) == (1, 1)


def test_the_version_tells_changes_of_its_own_and_no_others(sample: Json) -> None:
    def version() -> str:
        return workflow_of(sample)[0].origin.version()

    before = version()
    sample["stages"][0]["stage"]["name"] = sample["created_by"]["full_name"] = "renamed"
    sample["stages"][0]["transitions"][0]["target_stage"]["name"] = "renamed"
    assert version() == before
    seen = {before}
    sample["name"] = "Other"
    seen.add(version())
    sample["stages"][0]["is_deprecated"] = True
    seen.add(version())
    sample["stages"][0]["transitions"] = []
    seen.add(version())
    del sample["stages"][1]
    seen.add(version())
    assert len(seen) == 5
