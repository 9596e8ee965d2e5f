"""The emulator's token endpoint in OAuth's words."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from gateway.sources.outreach.sandbox import EMULATOR
from gateway.sources.outreach.sandbox.oauth import (
    ACCESS_SECONDS,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT_URI,
    REFRESH_TOKEN,
)
from tests.fixtures import Sandbox, plain_http

GRANT = {
    "grant_type": "refresh_token",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "redirect_uri": REDIRECT_URI,
    "refresh_token": REFRESH_TOKEN,
}
BARE = {name: text for name, text in GRANT.items() if name != "redirect_uri"}
Ask = Callable[..., httpx.Response]


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    sandbox.turn("outreach.new_tokens", "any")
    with plain_http(f"{sandbox.origin}/outreach") as client:
        yield client


@pytest.fixture
def renew(http: httpx.Client) -> Ask:
    def renew(fields: dict[str, str] = GRANT, **changed: str) -> httpx.Response:
        return http.post("/oauth/token", data={**fields, **changed})

    return renew


def reads(http: httpx.Client, access_token: str) -> int:
    headers = {"Authorization": f"Bearer {access_token}"}
    return http.get("/api/v2/stages", headers=headers).status_code


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_a_refresh_token_is_good_once(http: httpx.Client, renew: Ask) -> None:
    granted = renew()
    assert granted.status_code == 200, granted.text
    assert granted.headers["Content-Type"] == "application/json"
    found = granted.json()
    assert (found["token_type"], found["expires_in"]) == ("Bearer", ACCESS_SECONDS)
    assert "stages.all" in found["scope"].split()
    assert reads(http, found["access_token"]) == 200
    assert error(renew()) == (400, "invalid_grant")
    following = renew(refresh_token=found["refresh_token"])
    assert following.status_code == 200
    assert reads(http, following.json()["access_token"]) == 200
    assert reads(http, found["access_token"]) == 200
    for word in (found["refresh_token"], found["access_token"] + "x", REFRESH_TOKEN):
        assert reads(http, word) == 401


def test_json_does_as_well(http: httpx.Client) -> None:
    assert http.post("/oauth/token", json=BARE).status_code == 200
    for body in (b"[]", b"{", b"\xff", b'{"client_id": 1}'):
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            answer = http.post("/oauth/token", content=body, headers={"Content-Type": kind})
            assert error(answer) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"client_id": "x"}, 401, "invalid_client"),
        ({"client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"refresh_token": "x"}, 400, "invalid_grant"),
        ({"redirect_uri": "https://elsewhere.example"}, 400, "invalid_grant"),
    ],
)
def test_what_is_wrong_is_refused_and_uses_nothing_up(
    renew: Ask, changed: dict[str, str], status: int, code: str
) -> None:
    assert error(renew(**changed)) == (status, code)
    assert renew().status_code == 200


def test_switches(sandbox: Sandbox, renew: Ask) -> None:
    sandbox.turn("outreach.refused_grant", "401")
    assert error(renew(refresh_token="x")) == (401, "invalid_grant")
    sandbox.turn("outreach.redirect_uri", "required")
    assert error(renew(BARE)) == (400, "invalid_request")
    sandbox.turn("outreach.rotation", "repeats")
    assert [renew().json()["refresh_token"] for _ in range(2)] == [REFRESH_TOKEN] * 2
    sandbox.turn("outreach.rotation", "left_out")
    assert "refresh_token" not in renew().json()
    sandbox.turn("outreach.new_tokens", "one_a_minute")
    assert renew().status_code == 200
    late = renew()
    assert error(late) == (429, "rateLimitExceeded")
    assert 0 < int(late.headers["Retry-After"]) <= 60
    sandbox.turn("outreach.new_tokens", "any")
    assert renew().status_code == 200


def test_a_reset_forgets_tokens(sandbox: Sandbox, http: httpx.Client, renew: Ask) -> None:
    access_token = renew().json()["access_token"]
    sandbox.reset()
    assert reads(http, access_token) == 401
    assert renew().status_code == 200


def test_the_endpoint_is_counted_and_faulty_like_any_other(sandbox: Sandbox, renew: Ask) -> None:
    sandbox.turn("outreach.limit", "1/3600")  # of the API, to which it does not belong
    sandbox.fault("outreach", "status", route="/oauth/token", status=503, times=1)
    assert [renew().status_code for _ in range(3)] == [503, 200, 400]
    rows = {row["status"]: row for row in sandbox.requests("outreach")}
    assert {row["route"] for row in rows.values()} == {"/oauth/token"}
    assert {row["method"] for row in rows.values()} == {"POST"}
    assert {status: row["applied"] for status, row in rows.items()} == {200: 1, 400: 0, 503: 0}


def test_it_is_not_below_the_api(sandbox: Sandbox, http: httpx.Client) -> None:
    headers = {"Authorization": "Bearer sandbox"}
    assert http.post("/api/v2/oauth/token", data=GRANT).status_code == 401
    assert http.post("/api/v2/oauth/token", data=GRANT, headers=headers).status_code == 415
    assert EMULATOR.prefix == "/outreach/api/v2"


def test_every_collection_of_the_contract_can_be_read(sandbox: Sandbox, http: httpx.Client) -> None:
    headers = {"Authorization": "Bearer sandbox"}
    state: dict[str, list[Any]] = sandbox.state("outreach")
    for path in ("opportunityStages", "opportunities", "webhooks"):
        rows = http.get(f"/api/v2/{path}", headers=headers).json()["data"]
        assert rows
        assert rows == state[path]
        one = http.get(f"/api/v2/{path}/{rows[-1]['id']}", headers=headers)
        assert one.json()["data"] == rows[-1]
    asked = {"filter[opportunityStage][id]": "3", "include": "stage"}
    found = http.get("/api/v2/opportunities", params=asked, headers=headers).json()
    ends = [one["relationships"]["opportunityStage"]["data"]["id"] for one in found["data"]]
    assert set(ends) == {3}
    assert [one["id"] for one in found["included"]] == [3]
