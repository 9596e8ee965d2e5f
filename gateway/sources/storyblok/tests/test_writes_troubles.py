"""What the adapter makes of answers to writes that make no sense, or tell too little."""

import pytest

from gateway import errors
from gateway.adapter import EVERYTHING
from gateway.sources.storyblok import Storyblok
from gateway.sources.storyblok.tests.planning import (
    create,
    flow_key,
    fresh,
    looked,
    new_flow,
    rows,
    sent,
    update,
)
from schema.types.mutation_errors import WriteOutcome
from tests.fixtures import Sandbox

STAGE = {"name": "Idea", "color": "#111"}


async def test_a_stage_that_lacks_fields_is_read_back(
    storyblok: Storyblok, sandbox: Sandbox
) -> None:
    sandbox.fault("storyblok", "missing_field", method="POST", field="auto_remove_assignee")
    made = await sent(create(storyblok))
    assert made.lacks == EVERYTHING
    assert made.key.source_id in rows(sandbox)


@pytest.mark.parametrize(
    ("field", "lacks"),
    [
        ("auto_remove_assignee", {"stages", "transitions", "raw"}),
        ("workflow_stages", {"stages", "transitions", "raw"}),
        ("content_types", EVERYTHING),
    ],
)
async def test_a_workflow_that_lacks_fields_is_read_back(
    storyblok: Storyblok, sandbox: Sandbox, field: str, lacks: set[str]
) -> None:
    sandbox.fault("storyblok", "missing_field", method="POST", field=field)
    made = await sent(new_flow(storyblok, [STAGE]))
    assert made.lacks == lacks
    assert made.key.source_id in rows(sandbox, "workflows")


@pytest.mark.parametrize("kind", ["garbage", "empty", "html", "array"])
async def test_an_answer_that_makes_no_sense(
    storyblok: Storyblok, sandbox: Sandbox, kind: str
) -> None:
    sandbox.fault("storyblok", kind, method="POST", when="after")
    for plan in (create(storyblok), new_flow(storyblok)):
        with pytest.raises(errors.BadResponse):
            await sent(plan)
        assert len(await looked(plan)) == 1


@pytest.mark.parametrize("field", ["id", "name"])
async def test_a_new_object_of_a_wrong_form(
    storyblok: Storyblok, sandbox: Sandbox, field: str
) -> None:
    sandbox.fault("storyblok", "wrong_type", method="POST", field=field)
    trace = fresh()
    with pytest.raises(errors.BadResponse):
        await create(storyblok).send(trace)
    assert trace.outcome is WriteOutcome.APPLIED


async def test_a_bad_row_may_be_what_is_looked_for(storyblok: Storyblok, sandbox: Sandbox) -> None:
    plans = (create(storyblok), new_flow(storyblok, [STAGE]))
    for plan in plans:
        await sent(plan)
    made = await sent(create(storyblok, name="Other", color="other"))
    sandbox.fault("storyblok", "wrong_type", method="GET", field="color")
    for plan in (*plans, update(storyblok, made.key, name="x"), storyblok.delete_stage(made.key)):
        with pytest.raises(errors.BadResponse):
            await looked(plan)


async def test_a_refusal_without_sense_says_nothing(storyblok: Storyblok, sandbox: Sandbox) -> None:
    flow = sandbox.state("storyblok")["workflows"][1]["id"]
    for status, kind in ((422, errors.Refused), (409, errors.Refused), (400, errors.Refused)):
        sandbox.fault("storyblok", "status", method="DELETE", status=status, body=7, times=1)
        with pytest.raises(kind) as caught:
            await sent(storyblok.delete_workflow(flow_key(flow)))
        assert caught.value.complaints == []
    assert str(flow) in rows(sandbox, "workflows")
