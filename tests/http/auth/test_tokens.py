"""Callers with JSON Web Tokens."""

import asyncio
import hmac
import json
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from gateway.http.auth.key_set import KeySet, NoKeysError, of_file, parsed
from gateway.settings import SettingError
from tests.fixtures import Running, Sandbox, serve
from tests.http.auth.callers import ALL_STAGES, CREATE
from tests.http.auth.issuer import AUDIENCE, ISSUER, KEYS, PRIVATE, public, token, trusting


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return trusting(tmp_path)


async def post(graph: Any, text: str, query: str = "{ __typename }", **variables: Any) -> Any:
    return await graph.http.post(
        "/graphql",
        json={"query": query, "variables": variables},
        headers={"Authorization": f"Bearer {text}"},
    )


@pytest.mark.parametrize("algorithm", PRIVATE)
async def test_a_good_token_is_taken(
    algorithm: str, settings: dict[str, str], sandbox: Sandbox
) -> None:
    async with serve(sandbox, **settings) as graph:
        text = token(algorithm)
        for _ in range(2):
            response = await post(graph, text)
            assert response.json() == {"data": {"__typename": "Query"}}


def forged() -> str:
    """Sign with the public key, as if it were a secret."""
    secret = (
        PRIVATE["RS256"]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    body = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "exp": int(time.time()) + 3600}
    parts = [json.dumps(one).encode() for one in ({"alg": "HS256", "kid": "RS256"}, body)]
    said = b".".join(urlsafe_b64encode(one).rstrip(b"=") for one in parts)
    signed = urlsafe_b64encode(hmac.digest(secret, said, "sha256")).rstrip(b"=")
    return (said + b"." + signed).decode()


BAD = {
    "expired": (token(exp=int(time.time()) - 6), "expired"),
    "not yet": (token(nbf=int(time.time()) + 3600), "not valid yet"),
    "another audience": (token(aud="other"), "another audience"),
    "another issuer": (token(iss="https://evil.example"), "another issuer"),
    "no end": (token(exp=None), "no exp"),
    "no subject": (token(sub=None), "no sub"),
    "another's key": (token("ES256", kid="RS256"), "cannot be verified"),
    "unknown key": (token(kid="new"), "issuer does not have"),
    "changed": (token()[:-4] + "AAAA", "cannot be verified"),
    "unsigned": (
        jwt.encode({"sub": "ann"}, None, "none", headers={"kid": "ES256"}),
        "cannot be verified",
    ),
    "forged": (forged(), "cannot be verified"),
    "no token": ("abc", "cannot be verified"),
    "three dots": ("...", "cannot be verified"),
    "long": ("a" * 9000, "at most"),
    "no JSON": ("AAAA.AAAA.AAAA", "cannot be verified"),
    "nothing in it": ("e30.e30.e30", "issuer does not have"),
}


@pytest.mark.parametrize("bad", BAD)
async def test_a_bad_token_is_refused(bad: str, settings: dict[str, str], sandbox: Sandbox) -> None:
    text, says = BAD[bad]
    async with serve(sandbox, **settings) as graph:
        response = await post(graph, text)
        assert response.status_code == 401, response.text
        [error] = response.json()["errors"]
        assert says in error["message"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
        assert text[:40] not in response.text


async def test_clocks_may_differ(settings: dict[str, str], sandbox: Sandbox) -> None:
    async with serve(sandbox, **settings) as graph:
        assert (await post(graph, token(exp=int(time.time()) - 2))).status_code == 200


@pytest.mark.parametrize(
    ("claim", "value", "may"),
    [
        ("roles", ["read"], (True, False)),
        ("roles", "openid write", (True, True)),
        ("realm.roles", {"roles": ["outreach:write"]}, (False, True)),
        ("realm.roles", "read", (False, False)),
        ("roles", {"read": True}, (False, False)),
        ("roles", None, (False, False)),
        ("roles", [1, None, ["read"]], (False, False)),
    ],
)
async def test_roles_are_read_off_a_claim(
    claim: str,
    value: Any,
    may: tuple[bool, bool],
    settings: dict[str, str],
    sandbox: Sandbox,
) -> None:
    async with serve(sandbox, **settings, JWT_ROLES_CLAIM=claim) as graph:
        text = token(**{"roles": None, claim.partition(".")[0]: value})
        stages = (await post(graph, text, ALL_STAGES)).json()["data"]["stages"]
        made = (await post(graph, text, CREATE, name="x")).json()["data"]["createStage"]
        assert (stages["isComplete"], made["errors"] == []) == may


class Issuer:
    """Serves a key set that may change, and counts who asks; an ASGI app."""

    def __init__(self) -> None:
        self.keys: Any = KEYS
        self.status = 200
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        self.asked += 1
        head = [(b"content-type", b"application/json"), (b"location", b"http://127.0.0.1/")]
        await send({"type": "http.response.start", "status": self.status, "headers": head})
        await send({"type": "http.response.body", "body": json.dumps(self.keys).encode()})


async def test_keys_are_read_from_their_issuer_once(
    settings: dict[str, str], sandbox: Sandbox
) -> None:
    issuer = Issuer()
    with Running(issuer, lifespan="off") as running:
        async with serve(sandbox, **{**settings, "JWT_JWKS": f"{running.origin}/keys"}) as graph:
            texts = [token(sub=f"caller {number}") for number in range(20)]
            answers = await asyncio.gather(*(post(graph, text) for text in texts))
            assert {one.status_code for one in answers} == {200}
            assert issuer.asked == 1
            for number in range(20):
                strange = await post(graph, token(kid=f"strange {number}"))
                assert strange.status_code == 401
            assert issuer.asked == 1, "who names keys that there are not makes nobody ask"


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_keys_that_cannot_be_had_are_an_answer(
    status: int, settings: dict[str, str], sandbox: Sandbox
) -> None:
    issuer = Issuer()
    issuer.status = status
    with Running(issuer, lifespan="off") as running:
        async with serve(sandbox, **{**settings, "JWT_JWKS": running.origin}) as graph:
            response = await post(graph, token())
            assert response.status_code == 401
            assert "try again later" in response.text
            assert running.origin not in response.text
            assert issuer.asked == 1


async def test_keys_are_turned_over() -> None:
    texts = [{"keys": [public("ES256", kid)]} for kid in ("old", "new")]
    moment = 0.0
    reads: list[int] = []

    async def read() -> bytes:
        reads.append(1)
        return json.dumps(texts[min(len(reads), 2) - 1]).encode()

    keys = KeySet(read, now=lambda: moment)
    assert (await keys.get("old")).key_id == "old"
    with pytest.raises(NoKeysError):
        await keys.get("new")
    moment = 11.0
    assert (await keys.get("new")).key_id == "new"
    with pytest.raises(NoKeysError):
        await keys.get("old")
    assert len(reads) == 2
    moment = 700.0
    assert (await keys.get(None)).key_id == "new", "the only one needs no name"
    assert len(reads) == 3


async def test_old_keys_do_while_their_issuer_is_away() -> None:
    moment = 0.0
    is_there = True

    async def read() -> bytes:
        if not is_there:
            message = "nobody answers"
            raise OSError(message)
        return json.dumps(KEYS).encode()

    keys = KeySet(read, now=lambda: moment)
    await keys.get("ES256")
    is_there, moment = False, 700.0
    assert (await keys.get("ES256")).key_id == "ES256"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "oct"}]}',
    '{"keys": [1]}', '{"keys": [{"kty": "RSA", "n": "", "e": ""}]}'])  # fmt: skip
def test_what_is_no_key_set_stops_the_start(text: str, tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(text)
    with pytest.raises(SettingError, match="STAGEGRAPH_JWT_JWKS"):
        of_file(str(path))


def test_keys_that_encrypt_are_none() -> None:
    with pytest.raises(ValueError, match="no key is for signatures"):
        parsed(json.dumps({"keys": [{**public("RS256"), "use": "enc"}]}).encode())


async def test_keys_come_over_tls_or_from_this_machine(
    settings: dict[str, str], sandbox: Sandbox
) -> None:
    with pytest.raises(SettingError, match="STAGEGRAPH_JWT_JWKS takes https"):
        async with serve(sandbox, **{**settings, "JWT_JWKS": "http://issuer.example/keys"}):
            pass


async def test_a_missing_setting_is_named(settings: dict[str, str], sandbox: Sandbox) -> None:
    for name in ("JWT_ISSUER", "JWT_AUDIENCE"):
        with pytest.raises(SettingError, match=f"STAGEGRAPH_{name}"):
            async with serve(sandbox, **{**settings, name: ""}):
                pass


async def test_a_crowd_of_tokens_is_answered_one_by_one(
    settings: dict[str, str], sandbox: Sandbox
) -> None:
    async with serve(sandbox, **settings) as graph:
        answers = await asyncio.gather(
            *(post(graph, token(sub=str(number))) for number in range(50))
        )
        assert all(isinstance(one, httpx.Response) and one.is_success for one in answers)
