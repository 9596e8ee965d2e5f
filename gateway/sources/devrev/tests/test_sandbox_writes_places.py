"""Where works start and move to, and what their types and custom fields need."""

from gateway.sources.devrev.tests.plain import Api
from gateway.sources.devrev.tests.writing_sandbox import (
    ENUM,
    FRAGMENT,
    KNOWN,
    MISSING,
    Row,
    Writer,
    body,
    denied,
    of,
    writer,
)
from tests.fixtures import Sandbox

__all__ = ["writer"]

# ----------------------------------------------------------------------------------- stages


def place(row: Row) -> str:
    return row["stage"]["stage"]["display_id"]


def test_a_work_starts_where_its_diagram_starts(writer: Writer, sandbox: Sandbox) -> None:
    assert place(writer.create("works", **body("ticket", stage={"name": "Queued"}))) == "STG-9"
    refusal = denied("stage", "not a start of the stage diagram", ["triage"])
    for stage in ({"id": "STG-5"}, {"name": "In Review"}, {"id": "STG-14"}):
        assert writer.refused("works.create", **body("issue", stage=stage)) == refusal
        free = body("issue", stage=stage, stage_validation_options=["allow_non_start"])
        assert place(writer.create("works", **free)) == stage.get("id", "STG-5")
    both = {"id": "STG-1", "name": "Queued"}
    assert place(writer.create("works", **body("issue", stage=both))) == "STG-1"
    unknown = writer.refused("works.create", **body("ticket", stage={"name": "Beyond"}))
    assert (unknown["field_name"], unknown["reason"]) == ("stage.name", "no such stage")
    sandbox.turn("devrev.stage_write", "name")
    refusal = of("invalid_field", "stage.id")
    assert writer.refused("works.create", **body("issue", stage=both)) == refusal


def test_a_name_is_looked_up_in_the_diagram_first(writer: Writer) -> None:
    row = writer.create("works", **body("opportunity"))
    assert place(writer.update("works", id=row["id"], stage={"name": "In Review"})) == "STG-12"


def test_a_work_moves_along_its_diagram(writer: Writer, sandbox: Sandbox) -> None:
    work = writer.create("works", **body("issue"))["id"]

    def moved(**stage: str) -> Row:
        return writer.update("works", id=work, stage=stage)

    assert place(moved(stage="STG-2")) == "STG-2"
    assert place(moved(name="Backlog")) == place(moved()) == "STG-2"
    assert place(moved(name="prioritized", stage="STG-8")) == "STG-8"
    assert "actual_close_date" in writer.api.ok("works.get", id=work)["work"]
    refusal = denied("stage", "no such transition", ["triage"])
    for stage in ({"name": "In Review"}, {"stage": "STG-7"}, {"stage": "STG-13"}):
        assert writer.refused("works.update", id=work, stage=stage) == refusal
        free = {"stage_validation_options": ["allow_invalid_transition"]}
        row = writer.update("works", id=work, stage=stage, **free)
        assert row["stage"]["name"] in {"In Review", "completed", "qualification"}
        row = writer.update("works", id=work, stage={"stage": "STG-8"}, **free)
    row = moved(stage="STG-1")
    assert (row["state_display_name"], "actual_close_date" in row) == ("Open", False)
    lost = of("invalid_id", "stage.stage")
    assert writer.refused("works.update", id=work, stage={"stage": "STG-99"}) == lost
    sandbox.turn("devrev.stage_write", "name")
    refusal = of("invalid_field", "stage.stage")
    assert writer.refused("works.update", id=work, stage={"stage": "STG-2"}) == refusal
    assert place(moved(name="Backlog")) == "STG-2"


def test_a_new_default_diagram_judges(writer: Writer) -> None:
    nodes: list[Row] = [{"stage_id": "STG-7", "is_start": True}]
    new: Row = {"name": "Tasks", "leaf_type": "task", "is_default": True}
    writer.create("stage-diagrams", stages=nodes, **new)
    assert place(writer.create("works", **body("task"))) == "STG-7"
    writer.create("stage-diagrams", stages=[{"stage_id": "STG-7"}], **new)
    assert writer.refused("works.create", **body("task")) == {"type": "bad_request"}


# ------------------------------------------------------------------------------------ types


def test_tasks_and_opportunities_may_be_beta(sandbox: Sandbox, writer: Writer, api: Api) -> None:
    sandbox.turn("devrev.work_types", "beta")
    for kind in ("task", "opportunity"):
        enum = {"type": ENUM, "field_name": "type", "value": kind}
        enum["allowed_values"] = ["issue", "ticket"]
        assert writer.refused("works.create", **body(kind)) == enum
        assert writer.refused("works.update", id=KNOWN[kind], type=kind) == enum
        refusal = denied("id", f"works of type {kind} are in the beta version alone")
        assert writer.refused("works.update", id=KNOWN[kind], title="x") == refusal
        for route, sent, status in (
            ("works.create", body(kind), 201),
            ("works.update", {"id": KNOWN[kind], "title": "x"}, 200),
        ):
            beta = {"X-DevRev-Scope": "beta"}
            assert api.http.post(f"/{route}", json=sent, headers=beta).status_code == status
    writer.create("works", **body("issue"))


def test_an_update_may_need_to_tell_the_type(sandbox: Sandbox, writer: Writer) -> None:
    writer.update("works", id="ISS-2", priority="p0", title="x")
    sandbox.turn("devrev.update_type", "required")
    assert writer.refused("works.update", id="ISS-2", priority="p0") == of(MISSING, "type")
    writer.update("works", id="ISS-2", title="x")
    writer.update("works", id="ISS-2", type="issue", priority="p0")
    refusal = denied("type", "the work is of type issue", ["issue"])
    assert writer.refused("works.update", id="ISS-2", type="ticket") == refusal


def test_custom_fields_may_need_schemas(sandbox: Sandbox, writer: Writer) -> None:
    custom = {"custom_fields": {"tnt__a": 1}}
    writer.create("works", **body("issue", **custom))
    sandbox.turn("devrev.custom_fields", "schema")
    assert writer.refused("works.create", **body("issue", **custom)) == {
        "type": "customization_validation_error",
        "subtype": "field_not_in_schema",
    }
    writer.create("works", **body("issue", **custom, custom_schema_fragments=[FRAGMENT]))
    spec = {"tenant_fragment": True}
    row = writer.create("works", **body("issue", **custom, custom_schema_spec=spec))
    row = writer.update(
        "works", id=row["id"], custom_schema_spec=spec, custom_fields={"tnt__a": None, "tnt__b": 2}
    )
    assert row["custom_fields"] == {"tnt__b": 2}
