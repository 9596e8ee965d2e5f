"""What the tests of the sandbox's writes ask with."""

from typing import Any

import httpx

from gateway.sources.esper.sandbox import EMULATOR
from tests.fixtures import Sandbox, plain_http

Row = dict[str, Any]


def sandbox_client(sandbox: Sandbox) -> httpx.Client:
    """Return a client that the sandbox lets in."""
    return plain_http(sandbox.origin + EMULATOR.prefix, headers={"Authorization": "Bearer sandbox"})


def content(response: httpx.Response, status: int = 200) -> Any:
    """Return the content of a good answer."""
    assert response.status_code == status, response.text
    assert set(response.json()) == {"code", "message", "content"}
    return response.json()["content"]


def refusal(response: httpx.Response, status: int = 400) -> Any:
    """Return the complaints by field of a refusal, or its words where it is about no field."""
    assert response.status_code == status, response.text
    body = response.json()
    told = body["content"]
    if not told:
        return body["message"]
    assert body["message"] == "; ".join(f"{name}: {words[0]}" for name, words in told.items())
    return {name: words[0] for name, words in told.items()}


def applied(sandbox: Sandbox) -> int:
    """Return how many requests changed the state."""
    return sum(row["applied"] for row in sandbox.requests("esper"))


def rows(sandbox: Sandbox, kind: str) -> list[Row]:
    """Return all objects of a kind."""
    return sandbox.state("esper")[kind]


def by_id(sandbox: Sandbox, kind: str) -> dict[str, Row]:
    """Return all objects of a kind by id."""
    return {one["id"]: one for one in rows(sandbox, kind)}


def at_rest(sandbox: Sandbox) -> str:
    """Return a pipeline without a run, but with stages and target lists."""
    state = sandbox.state("esper")
    busy = {one["pipeline_id"] for one in state["runs"]}
    return next(one["id"] for one in state["pipelines"] if one["id"] not in busy)


def running(sandbox: Sandbox) -> str:
    """Return a pipeline with a run that goes on."""
    return next(one["pipeline_id"] for one in rows(sandbox, "runs") if one["status"] == "running")


def of(sandbox: Sandbox, kind: str, pipeline: str) -> list[Row]:
    """Return those of a kind that are of a pipeline."""
    return [one for one in rows(sandbox, kind) if one["pipeline_id"] == pipeline]


def at_stage(sandbox: Sandbox, stage: str) -> list[str]:
    """Return the target lists at a stage."""
    found = rows(sandbox, "attachments")
    return [one["target_list_id"] for one in found if one["stage_id"] == stage]
