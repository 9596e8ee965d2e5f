"""What the emulator's data is."""

from gateway.sources.devrev.tests.plain import Api
from tests.fixtures import Sandbox

DON = "don:core:dvrv-us-1:devo/0:custom_stage/1"


def test_the_seed_is_whole_and_its_parts_fit(sandbox: Sandbox) -> None:
    state = sandbox.state("devrev")
    known = {one["id"]: one for name, rows in state.items() for one in rows if name != "untold"}
    assert {one["id"] for one in state.pop("untold")} <= known.keys()
    assert {name: len(rows) for name, rows in state.items()} == {
        "stages": 14, "states": 5, "workflows": 3, "people": 20, "works": 240, "parts": 16,
        "tags": 8, "accounts": 6, "rev_orgs": 7, "groups": 4, "vistas": 2, "sprints": 8,
        "webhooks": 3,
    }  # fmt: skip
    for rows in state.values():
        assert len({one["id"] for one in rows}) == len(rows)
    places = {one["id"]: one for one in state["stages"]}
    for work in state["works"]:
        stage = places[work["stage"]["stage"]["id"]]
        assert work["stage"]["name"] == stage["name"]
        assert work["stage"]["ordinal"] == stage["ordinal"]
        assert work["stage"]["state"] == stage["state"]
        assert work["applies_to_part"]["id"] in known
        assert {one["id"] for one in work["owned_by"]} <= known.keys()
    assert {work["type"] for work in state["works"]} == {"issue", "ticket", "task", "opportunity"}


def test_the_stages_have_what_makes_lists_hard(sandbox: Sandbox) -> None:
    state = sandbox.state("devrev")
    names = [one["name"] for one in state["stages"]]
    assert len(set(names)) == 13
    assert len({one["ordinal"] for one in state["stages"]}) < 13
    assert [one["display_id"] for one in state["stages"] if "modified_by" not in one] == ["STG-3"]
    standing = [node["stage"]["id"] for one in state["workflows"] for node in one["stages"]]
    assert len(set(standing)) == 13 < len(standing)
    for one in state["workflows"]:
        for node in one["stages"]:
            assert node["stage"].keys() == {"display_id", "id", "name"}


def test_the_scale_multiplies_works_alone(sandbox: Sandbox) -> None:
    small = sandbox.state("devrev")
    sandbox.reset(scale=2)
    large = sandbox.state("devrev")
    assert large.pop("works")[:240] == small.pop("works")
    many = large.pop("untold")
    assert all(one in many for one in small.pop("untold"))
    assert large == small
    assert len(sandbox.state("devrev")["works"]) == 480


def test_answers_tell_what_is_documented_or_everything(sandbox: Sandbox, api: Api) -> None:
    def fields() -> dict[str, set[str]]:
        return {
            one["type"]: one.keys() - {"sla_summary"} for one in sandbox.state("devrev")["works"]
        }

    documented, plain = fields(), api.ok("stages.custom.get", id=DON)["custom_stage"]
    sandbox.turn("devrev.answers", "everything")
    more = {kind: names - documented[kind] for kind, names in fields().items()}
    assert "is_spam" in more["ticket"]
    assert "priority" in more["task"]
    assert "probability" in more["opportunity"]
    assert "priority" in documented["issue"]
    whole = api.ok("stages.custom.get", id=DON)["custom_stage"]
    assert whole.keys() - plain.keys() == {"sync_metadata"}


def test_a_work_tells_its_stage_in_full_or_by_name_alone(sandbox: Sandbox, api: Api) -> None:
    full = sandbox.state("devrev")["works"]
    assert any("notes" in one["stage"] for one in full)
    assert all(one["stage"].keys() >= {"name", "ordinal", "stage", "state"} for one in full)
    sandbox.turn("devrev.work_stage", "name")
    named = [{**one, "stage": {"name": one["stage"]["name"]}} for one in full]
    assert sandbox.state("devrev")["works"] == named
    assert api.ok("works.list", limit=240) == {"works": named}
    assert api.ok("works.get", id=named[0]["id"]) == {"work": named[0]}
    assert api.ok("works.export", first=1) == {"works": named[:1]}


def test_words_of_works_that_nobody_knows(sandbox: Sandbox, api: Api) -> None:
    for field in ("type", "priority", "severity"):
        sandbox.fault("devrev", "unknown_enum", field=field, times=1)
        found = [one.get(field) for one in api.ok("works.list")["works"]]
        assert set(found) <= {None, "something_new"}
        assert "something_new" in found
