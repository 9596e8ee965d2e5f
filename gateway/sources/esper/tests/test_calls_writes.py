"""The exact requests of writes, and what each makes the gateway forget."""

import pytest

from gateway.sources.esper import calls, calls_writes, refusals, wire
from gateway.upstream.call import Call

PIPELINE = "5b0c7f5e-6d0a-4f0f-9a39-0c4f2f1f9a10"
STAGE = "0e1b6a3c-1111-4a8e-8d5b-9a4c1b7d2e01"
LIST = "0e1b6a3c-2222-4a8e-8d5b-9a4c1b7d2e01"
BODY = {"name": "New"}

OF_PIPELINE = {"pipeline_id": PIPELINE}
OF_STAGE = {"pipeline_id": PIPELINE, "stage_id": STAGE}
PIPELINES, STAGES, LISTS = "pipeline/", f"stage/{PIPELINE}", f"target_list/{PIPELINE}"
ATTACHED = f"target_list/{STAGE}"

WRITES = {
    "create_stage": (
        calls_writes.create_stage(PIPELINE, BODY),
        ("POST", "/pipelines/{pipeline_id}/stages/", OF_PIPELINE, BODY, wire.Got),
        {STAGES},
    ),
    "update_stage": (
        calls_writes.update_stage(PIPELINE, STAGE, BODY),
        ("PUT", "/pipelines/{pipeline_id}/stages/{stage_id}/", OF_STAGE, BODY, wire.Got),
        {STAGES},
    ),
    "delete_stage": (
        calls_writes.delete_stage(PIPELINE, STAGE),
        ("DELETE", "/pipelines/{pipeline_id}/stages/{stage_id}/", OF_STAGE, None, type(None)),
        {STAGES, LISTS, ATTACHED},
    ),
    "create_pipeline": (
        calls_writes.create_pipeline(BODY),
        ("POST", "/pipelines/", {}, BODY, wire.Got),
        {PIPELINES},
    ),
    "update_pipeline": (
        calls_writes.update_pipeline(PIPELINE, BODY),
        ("PUT", "/pipelines/{pipeline_id}/", OF_PIPELINE, BODY, wire.Got),
        {PIPELINES},
    ),
    "delete_pipeline": (
        calls_writes.delete_pipeline(PIPELINE),
        ("DELETE", "/pipelines/{pipeline_id}/", OF_PIPELINE, None, type(None)),
        {PIPELINES, STAGES, LISTS},
    ),
    "attach": (
        calls_writes.attach(PIPELINE, STAGE, LIST),
        (
            "POST", "/stages/{stage_id}/targetlists/", {"stage_id": STAGE},
            {"target_list_id": LIST}, type(None),
        ),
        {LISTS, ATTACHED},
    ),
    "detach": (
        calls_writes.detach(PIPELINE, STAGE, LIST),
        (
            "DELETE", "/stages/{stage_id}/targetlists/{targetlist_id}/",
            {"stage_id": STAGE, "targetlist_id": LIST}, None, type(None),
        ),
        {LISTS, ATTACHED},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITES)
def test_a_write(name: str) -> None:
    call, request, tags = WRITES[name]
    assert (call.method, call.route, dict(call.params), call.body, call.answer) == request
    assert (call.is_safe, call.kept_as, call.query) == (False, None, ())
    assert set(call.tags) == tags
    assert call.complaints is refusals.read


def test_every_read_is_forgotten_by_some_write() -> None:
    forgotten = {one for _, _, tags in WRITES.values() for one in tags}
    reads = (
        calls.list_pipelines(9),
        calls.get_pipeline(PIPELINE),
        calls.list_stages(PIPELINE, 9),
        calls.list_target_lists(PIPELINE, 9),
        calls.list_attached(PIPELINE, STAGE, "groups", 9),
    )
    assert {one for read in reads for one in read.holds} == forgotten


def test_reads_for_writes_are_not_kept() -> None:
    assert calls_writes.get_stage(PIPELINE, STAGE) == Call(
        method="GET",
        route="/pipelines/{pipeline_id}/stages/{stage_id}/",
        params=OF_STAGE,
        answer=wire.Got,
    )
    assert calls_writes.get_target_list(PIPELINE, LIST) == Call(
        method="GET",
        route="/pipelines/{pipeline_id}/targetlists/{targetlist_id}/",
        params={"pipeline_id": PIPELINE, "targetlist_id": LIST},
        answer=wire.Got,
    )
