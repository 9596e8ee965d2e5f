"""Writes as they are sent."""

from typing import Any

import pytest
from msgspec import structs

from gateway.sources.storyblok import calls_writes, refusals, wire
from gateway.upstream.call import Call

NONE = type(None)
FIELDS = {"name": "x"}
STAGE = {"workflow_stage": FIELDS}
FLOW = {"workflow": FIELDS}
STAGES = "/v1/spaces/{space_id}/workflow_stages"
FLOWS = "/v1/spaces/{space_id}/workflows"


@pytest.mark.parametrize(
    ("call", "method", "route", "body", "answer"),
    [
        (calls_writes.create_stage("1001", FIELDS), "POST", STAGES, STAGE, wire.OneStage),
        (calls_writes.update_stage("1001", "7", FIELDS), "PUT", STAGES + "/{id}", STAGE, NONE),
        (calls_writes.delete_stage("1001", "7"), "DELETE", STAGES + "/{id}", None, NONE),
        (calls_writes.create_workflow("1001", FIELDS), "POST", FLOWS, FLOW, wire.OneWorkflow),
        (calls_writes.update_workflow("1001", "7", FIELDS), "PUT", FLOWS + "/{id}", FLOW, NONE),
        (calls_writes.delete_workflow("1001", "7"), "DELETE", FLOWS + "/{id}", None, NONE),
        (
            calls_writes.duplicate_workflow("1001", "7", FIELDS),
            "POST",
            FLOWS + "/{id}/duplicate",
            FLOW,
            wire.OneWorkflow,
        ),
    ],
)
def test_every_write_is_exactly_this_request(
    call: Call[object], method: str, route: str, body: Any, answer: type
) -> None:
    params = {"space_id": "1001", "id": "7"} if "{id}" in route else {"space_id": "1001"}
    sent = Call(method=method, route=route, params=params, body=body, answer=answer)
    assert structs.replace(call, is_safe=True, tags=(), complaints=None) == sent
    assert call.is_safe is False
    assert call.complaints is refusals.read
    assert call.holds == ("stage/1001", "workflow/1001")
