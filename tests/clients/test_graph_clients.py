"""Clients of graphs work as they come: what they keep by id, and how they name documents."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gql
import pytest
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport

from tests.fixtures import Sandbox

DOCUMENTS = Path(__file__).parent / "documents"
JSON = "application/json; charset=utf-8"
RESPONSE_JSON = "application/graphql-response+json; charset=utf-8"

RunScript = Callable[..., Any]
Served = Callable[..., str]


def names(sandbox: Sandbox) -> list[str]:
    """The first three stages of Outreach by name, as the graph orders them."""
    rows = [one["attributes"]["name"] for one in sandbox.state("outreach")["stages"]]
    return sorted(rows, key=str.casefold)[:3]


def names_in(data: Any) -> list[str]:
    assert data["stages"]["isComplete"] is True
    return [one["name"] for one in data["stages"]["nodes"]]


def check_reads(got: Any, expected: list[str]) -> None:
    assert names_in(got["first"]) == names_in(got["again"]) == names_in(got["kept"]) == expected


def hashes(got: Any) -> list[tuple[str, bool, bool]]:
    """How each of the requests named its document: method, whether by hash, whether by text."""
    return [(one["method"], bool(one["hash"]), "query" in one["names"]) for one in got["requests"]]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_apollo_client(
    run_script: RunScript, served: Served, sandbox: Sandbox, method: str
) -> None:
    expected = names(sandbox)
    got = run_script("apollo.mjs", served(), method)
    check_reads(got, expected)
    # By hash, then whole, and the next time by the hash alone; what is kept is not asked for.
    assert got["asked"] == 3
    assert hashes(got)[:3] == [(method, True, False), ("POST", True, True), (method, True, False)]
    assert {one["type"] for one in got["requests"]} == {RESPONSE_JSON}
    assert [one["status"] for one in got["requests"][:3]] == [200, 200, 200]
    # The mutation's answer changed the object wherever it is shown, and nothing was asked again.
    assert got["renamed"]["updateStage"]["errors"] == []
    assert got["seen"] == [expected[0], "Renamed by Apollo"]
    assert got["cached"]["name"] == "Renamed by Apollo"
    assert len(hashes(got)) == 3 + 2 + 2
    assert got["refused"] == {"isGraphQL": True, "codes": ["VALIDATION"]}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_urql(run_script: RunScript, served: Served, sandbox: Sandbox, method: str) -> None:
    expected = names(sandbox)
    got = run_script("urql.mjs", served(), method)
    check_reads(got, expected)
    assert got["asked"] == 3
    assert hashes(got)[:3] == [(method, True, False), (method, True, True), (method, True, False)]
    # It forgets what has an object of the mutation's type, and asks again, by the hash.
    renamed = names(sandbox)
    assert renamed[0] == expected[1]
    assert got["seen"] == [expected[0], renamed[0]]
    assert hashes(got)[3:5] == [("POST", False, True), (method, True, False)]
    assert got["refused"] == {"isGraphQL": True, "codes": ["VALIDATION"]}


@pytest.mark.parametrize("how", ["TEXT", "ID"])
def test_relay(run_script: RunScript, served: Served, sandbox: Sandbox, how: str) -> None:
    expected = names(sandbox)
    more = {"TRUSTED_DOCUMENTS": str(DOCUMENTS / "relay.json")} if how == "ID" else {}
    got = run_script("relay.mjs", served(**more), how)
    assert names_in(got["first"]) == expected
    assert got["renamed"] == {
        "data": {
            "updateStage": {
                "stage": {
                    "__typename": "OutreachStage",
                    "id": got["first"]["stages"]["nodes"][0]["id"],
                    "name": "Renamed by Relay",
                },
                "errors": [],
            }
        },
        "errors": None,
    }
    assert got["seen"] == [expected[0], "Renamed by Relay"]
    assert got["cached"]["name"] == "Renamed by Relay"
    # The store had it: two requests are all.
    assert names_in(got["kept"]) == ["Renamed by Relay", *expected[1:]]
    by = "documentId" if how == "ID" else "query"
    assert [one["names"] for one in got["requests"]] == [[by, "variables"]] * 2


@pytest.mark.parametrize("script", ["apollo.mjs", "urql.mjs"])
def test_documents_in_files_are_trusted_as_clients_write_them(
    run_script: RunScript, served: Served, sandbox: Sandbox, script: str
) -> None:
    expected = names(sandbox)
    got = run_script(script, served(TRUSTED_DOCUMENTS=str(DOCUMENTS)), "POST")
    check_reads(got, expected)
    # Both print what they have read, and add `__typename`.
    assert hashes(got)[:3] == [("POST", True, False), ("POST", True, True), ("POST", True, False)]
    assert got["refused"] == {"isGraphQL": True, "codes": ["FORBIDDEN"]}


def test_gql(served: Served, sandbox: Sandbox) -> None:
    """The Python client reads the schema, judges documents by it, and asks."""
    expected = names(sandbox)
    stages = gql.gql((DOCUMENTS / "stages.graphql").read_text())
    rename = gql.gql((DOCUMENTS / "rename.graphql").read_text())
    with gql.Client(
        transport=HTTPXTransport(served()), fetch_schema_from_transport=True
    ) as session:
        stages.variable_values = {"first": 3}
        page = session.execute(stages)
        assert names_in(page) == expected
        rename.variable_values = {"id": page["stages"]["nodes"][0]["id"], "name": "Renamed by gql"}
        assert session.execute(rename)["updateStage"]["stage"]["name"] == "Renamed by gql"
        with pytest.raises(TransportQueryError) as caught:
            session.execute(gql.gql('{ node(id: "x") { id } }'))
        [error] = caught.value.errors or []
        assert error["extensions"] == {"code": "VALIDATION"}
