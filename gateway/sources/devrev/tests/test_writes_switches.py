"""Writes do the same in every position of the sandbox's switches, and learn what DevRev takes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from strawberry import Some

from gateway import errors
from gateway.sources.devrev import DevRev
from gateway.sources.devrev.tests.asking import POSITIONS, ROOT, STAGES, key, offline, stage
from gateway.sources.devrev.tests.stages import diagram
from gateway.sources.devrev.tests.test_writes_stages import AT, FLOW, new_flow, new_stage
from gateway.sources.devrev.tests.test_writes_works import at
from gateway.sources.devrev.tests.writing import OLD, complaint, fresh, new, plain, sent, the
from schema.types.inputs.process import UpdateWorkflowInput
from schema.types.inputs.stage import UpdateStageInput
from schema.types.inputs.work import MoveWorkInput, UpdateWorkInput
from schema.types.mutation_errors import Constraint, WriteOutcome
from tests.fixtures import Sandbox

Json = dict[str, Any]

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_every_write_is_done_in_every_position(
    sandbox: Sandbox, devrev: DevRev, name: str, position: str
) -> None:
    sandbox.turn(f"devrev.{name}", position)
    made = await sent(devrev.create_stage(new_stage(), AT))
    await sent(devrev.update_stage(made.key, UpdateStageInput(id="", position=Some(8))))
    assert the(sandbox, "stages", made.key.source_id)["ordinal"] == 8
    flow = await sent(devrev.create_workflow(new_flow(), FLOW))
    await sent(devrev.update_workflow(flow.key, UpdateWorkflowInput(id="", name=Some("Neu"))))
    assert the(sandbox, "workflows", flow.key.source_id)["name"] == "Neu"
    work = await sent(devrev.create_work(new("issue", stage_id=str(stage(1))), at("issue")))
    await sent(devrev.update_work(work.key, UpdateWorkInput(id="", title=Some("Neu"))))
    await sent(devrev.move_work(work.key, MoveWorkInput(id="", stage_id=str(stage(2)))))
    after = the(sandbox, "works", work.key.source_id)
    assert (after["title"], after["stage"]["name"]) == ("Neu", "Backlog")
    await sent(devrev.delete_work(work.key))
    assert the(sandbox, "works", work.key.source_id) == {}


@pytest.mark.parametrize(("name", "position"), POSITIONS)
async def test_every_create_is_found_in_every_position(
    sandbox: Sandbox, devrev: DevRev, name: str, position: str
) -> None:
    sandbox.turn(f"devrev.{name}", position)
    for plan in (
        devrev.create_stage(new_stage(), AT),
        devrev.create_workflow(new_flow(), FLOW),
        devrev.create_work(new("ticket", stage_id=str(stage(9))), at("ticket")),
        devrev.update_stage(stage(3), UpdateStageInput(id="", name=Some("x"))),
        devrev.update_workflow(diagram(1), UpdateWorkflowInput(id="", name=Some("x"))),
        devrev.move_work(key(OLD["issue"]), MoveWorkInput(id="", stage_id=str(stage(2)))),
    ):
        assert plan.look
        assert list(await plan.look(fresh())) == []
        written = await sent(plan)
        [found] = await plan.look(fresh())
        assert found.key == written.key


async def test_custom_fields_may_need_their_schemas(sandbox: Sandbox, devrev: DevRev) -> None:
    sandbox.turn("devrev.custom_fields", "schema")
    plan = devrev.create_work(new("task", custom_fields={"tnt__effort": 1}), at("task"))
    path, constraint, message = await complaint(plan, sandbox)
    assert (path, constraint) == (None, Constraint.OTHER)
    assert "schemas" in message
    fragments = [f"{ROOT}custom_type_fragment/5"]
    given = new("task", custom_fields={"tnt__effort": 1}, custom_schema_fragment_ids=fragments)
    written = await sent(devrev.create_work(given, at("task")))
    made = the(sandbox, "works", written.key.source_id)
    assert plain(made["custom_fields"]) == {"tnt__effort": 1}


class Vendor:
    """A DevRev that answers updates of works as it is told."""

    def __init__(self, refusal: Json) -> None:
        self.refusal = refusal
        self.stages: list[Json] = []
        self.takes_ids = False
        self.now = NOON
        self.devrev = offline(self, now=lambda: self.now)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = msgspec.json.decode(request.content)
        two = {"id": stage(2).source_id, "name": "Two"}
        if request.url.path == STAGES:
            return httpx.Response(200, json={"result": [two]})
        assert request.url.path == "/works.update"
        self.stages.append(body["stage"])
        if "stage" in body["stage"] and not self.takes_ids:
            return httpx.Response(400, json={"message": "No", **self.refusal})
        work = {"type": "issue", "id": OLD["issue"], "stage": {"name": "Two"}}
        return httpx.Response(200, json={"work": work})

    async def moved(self) -> list[str]:
        """Move a work; return how the stage was told, call by call."""
        self.stages.clear()
        asked = MoveWorkInput(id="", stage_id=str(stage(2)))
        trace = fresh()
        try:
            await self.devrev.move_work(key("ISS-7"), asked).send(trace)
        except errors.Refused:
            assert trace.outcome is WriteOutcome.NOT_APPLIED
        return [name for one in self.stages for name in one]


@pytest.mark.parametrize(
    "refusal",
    [
        {"type": "invalid_field", "field_name": "stage.stage"},
        {"type": "invalid_field", "field_name": "stage"},
        {"type": "missing_required_field", "field_name": "stage.name"},
        {"type": "bad_request"},
        {},
    ],
)
async def test_names_are_told_for_ten_minutes_once_ids_are_refused(refusal: Json) -> None:
    vendor = Vendor(refusal)
    assert await vendor.moved() == ["stage", "name"]
    assert await vendor.moved() == ["name"]
    vendor.now += timedelta(minutes=11)
    vendor.takes_ids = True
    assert await vendor.moved() == ["stage"]
    vendor.takes_ids = False
    assert await vendor.moved() == ["stage"]


@pytest.mark.parametrize(
    "refusal",
    [
        {"type": "invalid_id", "field_name": "stage.stage"},
        {"type": "value_not_permitted", "field_name": "stage"},
        {"type": "bad_request", "detail": "That transition is not allowed"},
        {"type": "invalid_field", "field_name": "title"},
    ],
)
async def test_another_refusal_is_told_at_once(refusal: Json) -> None:
    assert await Vendor(refusal).moved() == ["stage"]
