"""Target lists are written, attached and detached in the vendor's words."""

from collections.abc import Iterator

import httpx
import pytest

from gateway.sources.esper.sandbox import EMULATOR
from gateway.sources.esper.tests.asking_sandbox import (
    applied,
    at_rest,
    at_stage,
    by_id,
    content,
    of,
    refusal,
    rows,
    sandbox_client,
)
from tests.fixtures import Sandbox

NOBODY = "00000000-0000-4000-8000-000000000000"
REQUIRED = "This field is required."
NULL = "This field may not be null."


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with sandbox_client(sandbox) as client:
        yield client


def test_target_lists_have_one_of_three_types(sandbox: Sandbox, http: httpx.Client) -> None:
    path = f"/pipelines/{at_rest(sandbox)}/targetlists/"
    body = {"name": "x", "target_list_type": "devices"}
    made = content(http.post(path, json=body))
    assert made["target_list_type"] == "DEVICES"
    told = {"target_list_type": '"TAGS" is not a valid choice.'}
    assert refusal(http.post(path, json={**body, "target_list_type": "TAGS"})) == told
    sandbox.turn("esper.target_list_type", "untold")
    assert "target_list_type" not in content(http.post(path, json=body))
    assert "target_list_type" not in content(http.put(f"{path}{made['id']}/", json=body))


def spare(sandbox: Sandbox) -> tuple[str, str, list[str]]:
    """Return a stage, a list of its pipeline that is not attached, and those that are."""
    for stage in rows(sandbox, "stages"):
        attached = at_stage(sandbox, stage["id"])
        free = [
            one["id"]
            for one in of(sandbox, "target_lists", stage["pipeline_id"])
            if one["id"] not in attached
        ]
        if attached and free:
            return stage["id"], free[0], attached
    raise AssertionError


def test_target_lists_are_attached_and_detached(sandbox: Sandbox, http: httpx.Client) -> None:
    stage, one, before = spare(sandbox)
    path = f"/stages/{stage}/targetlists/"
    told = content(http.post(path, json={"target_list_id": one}))
    assert told == by_id(sandbox, "target_lists")[one]
    assert at_stage(sandbox, stage) == [*before, one]
    assert applied(sandbox) == 1
    again = content(http.post(path, json={"target_list_id": one.upper()}))
    assert (again, at_stage(sandbox, stage), applied(sandbox)) == (told, [*before, one], 1)
    sandbox.turn("esper.attach", "refused")
    words = "The target list is already attached to the stage."
    assert refusal(http.post(path, json={"target_list_id": one})) == words
    assert content(http.delete(f"{path}{one}/")) == told
    assert (at_stage(sandbox, stage), applied(sandbox)) == (before, 2)
    assert http.delete(f"{path}{one}/").status_code == 404
    sandbox.turn("esper.detach", "refused")
    words = "The target list is not attached to the stage."
    assert refusal(http.delete(f"{path}{one}/")) == words
    sandbox.turn("esper.detach", "idempotent")
    assert content(http.delete(f"{path}{one}/")) == {}
    assert http.delete(f"{path}{NOBODY}/").status_code == 404
    assert applied(sandbox) == 2


@pytest.mark.parametrize("status", EMULATOR.positions["business_errors"])
def test_what_cannot_be_attached(sandbox: Sandbox, http: httpx.Client, status: str) -> None:
    sandbox.turn("esper.business_errors", status)
    stage, _, _ = spare(sandbox)
    pipeline = by_id(sandbox, "stages")[stage]["pipeline_id"]
    path = f"/stages/{stage}/targetlists/"
    foreign = next(
        one["id"] for one in rows(sandbox, "target_lists") if one["pipeline_id"] != pipeline
    )
    for body, told in (
        ({}, REQUIRED),
        ({"target_list_id": None}, NULL),
        ({"target_list_id": 5}, "Must be a valid UUID."),
        ({"target_list_id": "x"}, "Must be a valid UUID."),
        ({"target_list_id": NOBODY}, f'Invalid pk "{NOBODY}" - object does not exist.'),
        ({"target_list_id": foreign}, "The target list is of another pipeline."),
    ):
        assert refusal(http.post(path, json=body), int(status)) == {"target_list_id": told}
    sandbox.turn("esper.attach_unknown", "missing")
    assert http.post(path, json={"target_list_id": NOBODY}).status_code == 404
    nowhere = f"/stages/{NOBODY}/targetlists/"
    assert http.post(nowhere, json={"target_list_id": foreign}).status_code == 404
    assert http.delete(f"{nowhere}{foreign}/").status_code == 404
    assert applied(sandbox) == 0


@pytest.mark.parametrize("position", EMULATOR.positions["delete_attached"])
def test_a_deleted_target_list(sandbox: Sandbox, http: httpx.Client, position: str) -> None:
    sandbox.turn("esper.delete_attached", position)
    stage, free, attached = spare(sandbox)
    pipeline = by_id(sandbox, "stages")[stage]["pipeline_id"]
    path = f"/pipelines/{pipeline}/targetlists/"
    content(http.delete(f"{path}{free}/"))
    assert http.get(f"{path}{free}/").status_code == 404
    answer = http.delete(f"{path}{attached[0]}/")
    if position == "refused":
        assert refusal(answer) == "The target list is attached to a stage."
        assert at_stage(sandbox, stage) == attached
        return
    content(answer)
    for kind in ("attachments", "targets", "device_groups"):
        assert attached[0] not in {one["target_list_id"] for one in rows(sandbox, kind)}
