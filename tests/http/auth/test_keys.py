"""Callers with API keys: who they are, and what their roles let them do."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.http.auth.keys import Keys
from gateway.settings import SettingError
from schema.types.source import Source
from tests.fixtures import Graph, Sandbox, serve
from tests.http.auth.callers import ALL_STAGES, CREATE, key_of, keys_file, shown

DIGEST = hashlib.sha256(b"x").hexdigest()


def keyed(folder: Path, **more: str) -> dict[str, str]:
    file = keys_file(
        folder,
        web=["read"],
        server=["read", "write"],
        sales=["outreach:write", "devrev:read"],
        nobody=[],
    )
    return {"AUTH": "api-key", "API_KEYS_FILE": file, **more}


async def asked(
    graph: Graph, query: str, headers: Mapping[str, str], **variables: Any
) -> dict[str, Any]:
    body = {"query": query, "variables": variables}
    response = await graph.http.post("/graphql", json=body, headers=headers)
    assert response.status_code == 200, response.text
    return response.json()["data"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic a2V5IG9mIHdlYg=="},
        {"Authorization": key_of("web")},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer " + "x" * 9000},
        {"X-API-Key": key_of("webs")},
    ],
)
async def test_strangers_are_refused_before_anything_is_read(
    headers: dict[str, str], tmp_path: Path, sandbox: Sandbox
) -> None:
    async with serve(sandbox, **keyed(tmp_path)) as graph:
        sandbox.forget()
        response = await graph.http.post("/graphql", json={"query": ALL_STAGES}, headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        [error] = response.json()["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
        assert "key of" not in response.text
        assert sandbox.calls() == 0


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
async def test_a_key_is_shown_in_either_header(
    header: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    prefix = "bearer " if header == "Authorization" else ""
    async with serve(sandbox, **keyed(tmp_path)) as graph:
        data = await asked(graph, "{ __typename }", {header: prefix + key_of("web")})
        assert data == {"__typename": "Query"}


async def test_a_reader_reads_all_and_writes_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    async with serve(sandbox, **keyed(tmp_path)) as graph:
        data = await asked(graph, ALL_STAGES, shown("web"))
        assert data["stages"]["isComplete"]
        sandbox.forget()
        data = await asked(graph, CREATE, shown("web"), name="Mine")
        [error] = data["createStage"]["errors"]
        assert (error["__typename"], error["code"]) == ("ForbiddenError", "FORBIDDEN")
        assert "write or outreach:write" in error["message"]
        assert data["createStage"]["stage"] is None
        assert sandbox.calls() == 0


async def test_a_writer_writes(tmp_path: Path, sandbox: Sandbox) -> None:
    async with serve(sandbox, **keyed(tmp_path)) as graph:
        data = await asked(graph, CREATE, shown("server"), name="Mine")
        assert data["createStage"] == {
            "stage": {"id": data["createStage"]["stage"]["id"], "name": "Mine"},
            "errors": [],
        }


async def test_roles_are_for_a_source(tmp_path: Path, sandbox: Sandbox) -> None:
    async with serve(sandbox, **keyed(tmp_path)) as graph:
        sandbox.forget()
        stages = (await asked(graph, ALL_STAGES, shown("sales")))["stages"]
        told = {one["source"]: (one["status"], one["error"]) for one in stages["sources"]}
        refused = ("FORBIDDEN", {"code": "FORBIDDEN"})
        assert told["ESPER"] == told["STORYBLOK"] == refused
        assert told["OUTREACH"] == told["DEVREV"] == ("OK", None)
        assert {one["source"] for one in stages["nodes"]} == {"DEVREV", "OUTREACH"}
        assert not stages["isComplete"]
        assert sandbox.calls("esper") == sandbox.calls("storyblok") == 0
        written = await asked(graph, CREATE, shown("sales"), name="Mine")
        assert written["createStage"]["errors"] == []
        mine = next(one["id"] for one in stages["nodes"] if one["source"] == "DEVREV")
        change = """mutation($id: ID!) { updateStage(input: {id: $id, position: 7}) {
          errors { code } } }"""
        sandbox.forget()
        changed = await asked(graph, change, shown("sales"), id=mine)
        assert changed["updateStage"] == {"errors": [{"code": "FORBIDDEN"}]}
        assert sandbox.calls() == 0


async def test_what_others_have_had_kept_is_not_given_to_who_may_not_read_it(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    ttl = {f"{source.name}_TTL": "600" for source in Source}
    async with serve(sandbox, **keyed(tmp_path, **ttl)) as graph:
        nodes = (await asked(graph, ALL_STAGES, shown("web")))["stages"]["nodes"]
        one = next(row for row in nodes if row["source"] == "ESPER")
        find = "query($id: ID!) { stage(by: {id: $id}) { name } node(id: $id) { id } }"
        assert (await asked(graph, find, shown("web"), id=one["id"]))["stage"]["name"]
        body = {"query": find, "variables": {"id": one["id"]}}
        for name in ("sales", "nobody"):
            answer = (await graph.http.post("/graphql", json=body, headers=shown(name))).json()
            assert answer["data"] == {"stage": None, "node": None}
            assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
        again = (await asked(graph, ALL_STAGES, shown("nobody")))["stages"]
        assert again["nodes"] == []
        sandbox.forget()
        assert (await asked(graph, ALL_STAGES, shown("server")))["stages"]["nodes"] == nodes
        assert sandbox.calls() == 0, "who sees the same shares what is kept"


async def test_an_idempotency_key_belongs_to_its_caller(tmp_path: Path, sandbox: Sandbox) -> None:
    create = """mutation($name: String!) {
      createStage(input: {stage: {outreach: {name: $name, position: 9}}, idempotencyKey: "k"}) {
        stage { id } errors { code } } }"""
    async with serve(sandbox, **keyed(tmp_path)) as graph:
        first = await asked(graph, create, shown("server"), name="One")
        again = await asked(graph, create, shown("server"), name="One")
        other = await asked(graph, create, shown("sales"), name="Two")
        assert first["createStage"] == again["createStage"]
        assert other["createStage"]["errors"] == []
        assert other["createStage"]["stage"] != first["createStage"]["stage"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "keys"),
        ("keys = []", "keys"),
        ("[[keys]]\nname = 'a'", "sha256"),
        (f"[[keys]]\nname = 'a'\nsha256 = '{DIGEST[:-1]}'\nroles = []", "sha256"),
        (f"[[keys]]\nname = 'a'\nsha256 = '{DIGEST}'\nroles = ['admin']", "'admin' is no role"),
        (f"[[keys]]\nname = 'a'\nsha256 = '{DIGEST}'\nroles = [':read']", "':read' is no role"),
        (f"[[keys]]\nname = 'a'\nsha256 = '{DIGEST}'\nroles = []\nkey = 'x'", "key"),
        (2 * f"[[keys]]\nname = 'a'\nsha256 = '{DIGEST}'\nroles = []\n", "'a' is there twice"),
        ("[[keys", "keys.toml"),
    ],
)
def test_a_bad_file_stops_the_start(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(text)
    with pytest.raises(SettingError, match="STAGEGRAPH_API_KEYS_FILE") as caught:
        Keys.read(str(path))
    assert says in str(caught.value)
    assert DIGEST not in str(caught.value)


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="STAGEGRAPH_API_KEYS_FILE"):
        Keys.read(str(tmp_path / "none.toml"))


async def test_a_way_without_its_setting_stops_the_start(sandbox: Sandbox) -> None:
    for way, setting in (("api-key", "API_KEYS_FILE"), ("jwt", "JWT_JWKS")):
        with pytest.raises(SettingError, match=f"STAGEGRAPH_AUTH .*{way}.*STAGEGRAPH_{setting}"):
            async with serve(sandbox, AUTH=way):
                pass
