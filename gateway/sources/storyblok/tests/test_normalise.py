from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.storyblok import normalise, wire
from gateway.upstream.origin import Row, decode_row
from schema.types.ids import GlobalId, Kind
from schema.types.resource import Actor
from schema.types.source import Source
from schema.types.storyblok import StoryblokStage, StoryblokWorkflow

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
Sample = Callable[[str], Any]


def row(thing: Any, kind: Any = wire.Stage) -> Row[Any]:
    return decode_row(msgspec.Raw(msgspec.json.encode(thing)), kind, NOON, normalise.identity)


def key(kind: Kind, number: int) -> GlobalId:
    return GlobalId(Source.STORYBLOK, kind, "1001", str(number))


def test_a_stage_has_all_its_fields(sample: Sample) -> None:
    body = sample("workflow_stages")["workflow_stages"][0]
    stage = normalise.stage(row(body), "1001")
    assert isinstance(stage, StoryblokStage)
    assert stage.id == str(key(Kind.STAGE, 119522102426879))
    assert stage.source is Source.STORYBLOK
    assert stage.source_id == "119522102426879"
    assert stage.space_source_id == "1001"
    assert (stage.name, stage.color, stage.position) == ("Reviewing", "#5951ff", 2)
    for name in (
        "is_default", "allow_publish", "allow_all_stages", "allow_admin_publish",
        "allow_all_users", "allow_admin_change", "allow_editor_change",
        "allow_none_for_next_stages", "story_editing_locked", "auto_remove_assignee",
    ):  # fmt: skip
        assert getattr(stage, name) is body[name], name
    assert stage.after_publish_key == key(Kind.STAGE, 119522102426881)
    assert stage.next_stage_keys == (
        key(Kind.STAGE, 119522102426880),
        key(Kind.STAGE, 119522102426881),
    )
    assert stage.user_keys == (key(Kind.PERSON, 98204331776024), key(Kind.PERSON, 98204331780123))
    assert stage.space_role_keys == (key(Kind.SPACE_ROLE, 120043915270447),)
    assert (stage.created_at, stage.updated_at) == (None, None)
    assert (stage.created_by, stage.updated_by) == (None, None)
    assert stage.origin.raw() == body
    assert stage.origin.fetched_at == NOON


def test_a_stage_without_rules_has_none(sample: Sample) -> None:
    stage = normalise.stage(row(sample("workflow_stages")["workflow_stages"][1]), "1001")
    assert stage.after_publish_key is None
    assert (stage.next_stage_keys, stage.user_keys, stage.space_role_keys) == ((), (), ())


def test_fields_that_older_answers_lack_are_null(sample: Sample) -> None:
    stage = normalise.stage(row(sample("workflow_stage_of_older_pages")["workflow_stage"]), "1001")
    assert stage.allow_none_for_next_stages is None
    assert stage.story_editing_locked is None
    assert stage.auto_remove_assignee is None
    assert stage.color == "#2d3v22"


def test_a_stage_of_an_id_alone_is_a_stage() -> None:
    stage = normalise.stage(row({"id": 1}), "1001")
    assert (stage.name, stage.position, stage.is_default, stage.user_keys) == (None, None, None, ())


def test_list_and_get_agree_on_the_version(sample: Sample) -> None:
    listed = row(sample("workflow_stages")["workflow_stages"][0])
    got = row(sample("workflow_stage")["workflow_stage"])
    assert listed.origin.version() == got.origin.version()
    assert len(listed.origin.version()) == 24


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Else"},
        {"color": "#000000"},
        {"position": 3},
        {"is_default": True},
        {"after_publish_id": None},
        {"user_ids": [98204331776024]},
        {"workflow_stage_ids": []},
        {"workflow_id": 5},
        {"something_new": 1},
    ],
)
def test_every_change_changes_the_version(sample: Sample, change: dict[str, Any]) -> None:
    body = sample("workflow_stages")["workflow_stages"][0]
    assert row(body).origin.version() != row({**body, **change}).origin.version()


@given(st.permutations([3, 11, 2, 98204331776024]), st.booleans())
def test_neither_the_order_of_ids_nor_of_fields_tells(ids: list[int], turned: bool) -> None:
    body = {"id": 1, "name": "A", "user_ids": ids, "_new": turned}
    shown = dict(reversed(body.items())) if turned else body
    plain = {"id": 1, "name": "A", "user_ids": [2, 3, 11, 98204331776024]}
    assert row(shown).origin.version() == row(plain).origin.version()


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"id": None},
        {"id": "119522102426879"},
        {"id": 0},
        {"id": -1},
        {"id": 2**53 + 1},
        {"id": 1, "name": {}},
        {"id": 1, "position": 2**31},
        {"id": 1, "position": "2"},
        {"id": 1, "is_default": "yes"},
        {"id": 1, "user_ids": [None]},
        {"id": 1, "user_ids": "1,2"},
        {"id": 1, "workflow_stage_ids": ["../1"]},
        {"id": 1, "after_publish_id": 1.5},
    ],
)
def test_an_object_of_a_wrong_form_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(msgspec.DecodeError):
        row(bad)


# ------------------------------------------------------------------------------- workflows

REVIEWING, DRAFTING, PUBLISHED = 119522102426879, 119522102426880, 119522102426881


def sent(body: Any) -> list[Row[wire.Stage]]:
    found = normalise.stages_sent_along(row(body, wire.Workflow))
    assert found is not None
    return found[0]


def steps(workflow: StoryblokWorkflow) -> list[tuple[int, int]]:
    return [
        (int(one.from_key.source_id), int(one.to_key.source_id))
        for one in workflow.transitions or ()
    ]


def test_a_workflow_has_all_its_fields_and_its_stages_by_position(sample: Sample) -> None:
    body = sample("workflows")["workflows"][0]
    workflow = normalise.workflow(row(body, wire.Workflow), "1001", sent(body))
    assert workflow.id == str(key(Kind.WORKFLOW, 119522102426001))
    assert workflow.source is Source.STORYBLOK
    assert (workflow.source_id, workflow.space_source_id) == ("119522102426001", "1001")
    assert (workflow.name, workflow.is_default) == ("Article approval", False)
    assert workflow.content_types == ["news", "article"]
    assert (workflow.created_at, workflow.updated_at) == (None, None)
    assert (workflow.created_by, workflow.updated_by) == (None, None)
    assert workflow.origin.raw() == body
    members = workflow.members or ()
    assert [one.source_id for one in members] == [
        str(DRAFTING), str(REVIEWING), str(PUBLISHED),
    ]  # fmt: skip
    assert all(isinstance(one, StoryblokStage) for one in members)


def test_a_stage_is_the_same_within_its_workflow(sample: Sample) -> None:
    within = sent(sample("workflows")["workflows"][0])[0]
    alone = row(sample("workflow_stages")["workflow_stages"][0])
    assert within.origin.version() == alone.origin.version()
    assert within.wire == alone.wire


def test_the_steps_of_a_workflow_are_those_that_its_stages_allow(sample: Sample) -> None:
    body = sample("workflows")["workflows"][0]
    workflow = normalise.workflow(row(body, wire.Workflow), "1001", sent(body))
    assert steps(workflow) == [
        # Drafting names no next stage, as all may come next.
        (DRAFTING, REVIEWING), (DRAFTING, PUBLISHED),
        (REVIEWING, DRAFTING), (REVIEWING, PUBLISHED),
    ]  # fmt: skip
    [first, *_] = workflow.transitions or ()
    assert (first.from_key, first.to_key) == (key(Kind.STAGE, DRAFTING), key(Kind.STAGE, REVIEWING))


def test_stages_without_a_position_come_last_and_each_once() -> None:
    rows = [row({"id": n, "position": p}) for n, p in ((4, None), (3, 1), (2, None), (1, 0))]
    workflow = normalise.workflow(row({"id": 9}, wire.Workflow), "1001", [*rows, *rows])
    assert [one.source_id for one in workflow.members or ()] == ["1", "3", "2", "4"]
    assert (workflow.transitions, workflow.content_types, workflow.is_default) == ([], None, None)


def test_the_version_of_a_workflow_does_not_tell_of_its_stages(sample: Sample) -> None:
    body = sample("workflows")["workflows"][0]
    turned = {**body, "content_types": ["article", "news"], "workflow_stages": None}
    bare = {name: value for name, value in body.items() if name != "workflow_stages"}
    versions = [row(one, wire.Workflow).origin.version() for one in (body, turned, bare)]
    assert len(set(versions)) == 1
    for other in ({"name": "x"}, {"is_default": True}, {"content_types": ["news"]}):
        assert row({**bare, **other}, wire.Workflow).origin.version() != versions[0]


def test_stages_that_are_not_whole_are_not_taken_from_a_workflow(sample: Sample) -> None:
    body = sample("workflows")["workflows"][0]
    [first, *others] = body["workflow_stages"]
    for name in first:
        cut = {one: value for one, value in first.items() if one != name}
        found = normalise.stages_sent_along(
            row({**body, "workflow_stages": [*others, cut]}, wire.Workflow)
        )
        # Without an id it is no stage at all.
        assert (found is None) is (name != "id"), name
    for nothing in ({}, {"workflow_stages": None}):
        assert normalise.stages_sent_along(row({"id": 1, **nothing}, wire.Workflow)) is None
    assert normalise.stages_sent_along(row({"id": 1, "workflow_stages": []}, wire.Workflow)) == (
        [],
        0,
    )


def test_a_stage_of_a_wrong_form_costs_its_workflow_nothing_else(sample: Sample) -> None:
    body = sample("workflows")["workflows"][0]
    bad = [None, "x", {"id": "x"}, {**body["workflow_stages"][0], "name": 1}]
    stages = [*bad, *body["workflow_stages"]]
    found = normalise.stages_sent_along(row({**body, "workflow_stages": stages}, wire.Workflow))
    assert found is not None
    assert ([one.wire.id for one in found[0]], found[1]) == ([REVIEWING, PUBLISHED, DRAFTING], 4)


def test_a_stage_names_its_workflow(sample: Sample) -> None:
    reviewing, drafting = sample("workflow_stages")["workflow_stages"]
    assert normalise.stage(row(reviewing), "1001").process_keys == (
        key(Kind.WORKFLOW, 119522102426001),
    )
    assert normalise.stage(row(drafting), "1001").process_keys == ()


# ------------------------------------------------------------------------ people and roles


def test_people_are_known_by_their_user_ids(sample: Sample) -> None:
    people = [row(one, wire.Collaborator).wire for one in sample("collaborators")["collaborators"]]
    assert list(map(normalise.user_of, people)) == ["98204331776024", "98204331780123", None]
    ada, bruno, _ = people
    assert normalise.person("1001", "98204331776024", ada.user) == Actor(
        id=str(key(Kind.PERSON, 98204331776024)),
        source=Source.STORYBLOK,
        source_id="98204331776024",
        display_id="ada.okafor@northwind.example",
        kind="user",
        display_name="Ada Okafor",
        full_name="Ada Okafor",
        email="ada.okafor@northwind.example",
        state="active",
    )
    shown = normalise.person("1001", "98204331780123", bruno.user)
    assert (shown.display_name, shown.full_name) == ("Bruno", None)
    assert (shown.email, shown.state) == ("bruno@home.example", "disabled")


def test_a_user_is_known_by_the_inner_id_too() -> None:
    nobody = wire.Collaborator(id=1)
    assert normalise.user_of(nobody) is None
    assert normalise.user_of(wire.Collaborator(id=1, user=wire.User())) is None
    assert normalise.user_of(wire.Collaborator(id=1, user=wire.User(id=7))) == "7"


def test_of_a_stranger_only_the_id_is_known() -> None:
    stranger = normalise.person("1001", "7")
    assert stranger == Actor(
        id=str(key(Kind.PERSON, 7)), source=Source.STORYBLOK, source_id="7", kind="user"
    )


def test_a_role_has_its_name(sample: Sample) -> None:
    role = normalise.space_role(row(sample("space_role")["space_role"], wire.SpaceRole), "1001")
    assert role.id == str(key(Kind.SPACE_ROLE, 120043915270447))
    assert (role.source_id, role.name) == ("120043915270447", "Reviewer")


@given(st.integers(min_value=-(2**60), max_value=2**60))
def test_ids_are_numbers_of_53_bits(number: int) -> None:
    assert normalise.is_number(str(number)) is (1 <= number <= 2**53)


@given(st.text())
def test_ids_are_written_in_one_way(text: str) -> None:
    if normalise.is_number(text):
        assert text == str(int(text))
        assert text.isascii()


@pytest.mark.parametrize(
    "text", ["", "0", "01", "+1", "1\n", "1_0", "1.0", "²", "\u0661", str(2**53 + 1)]
)
def test_texts_that_are_no_ids(text: str) -> None:
    assert not normalise.is_number(text)
