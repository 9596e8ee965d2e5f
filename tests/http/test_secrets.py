"""No secret is in any line, error or trace, whatever goes wrong; bad input writes no traceback."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from gateway.app import settings_kinds
from gateway.sandbox.faults import Kind
from schema.types.source import Source
from tests.fixtures import Sandbox
from tests.http.auth.issuer import token, trusting
from tests.planted import MARK, TOKEN

CREDENTIAL = f"{MARK}-of-"
"""Begins every credential; what callers write where it may come back to them has the mark alone."""

KEY = f"sg_{CREDENTIAL}a-caller"

STAGES = "query($name: String!) { stages(filter: {name: {contains: $name}}) { nodes { id } } }"
LITERAL = f'{{ stages(filter: {{name: {{contains: "{MARK}"}}}}) {{ nodes {{ id }} }} }}'
WORKS = "{ works(first: 3) { nodes { id stage { name } } } pipelines { nodes { id } } }"
WRITE = """mutation($key: String, $name: String!) {
  createStage(input: {idempotencyKey: $key, stage: {outreach: {name: $name}}}) { errors { code } }
}"""

HOSTILE = [
    b"\x00\x01\x02\xff\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET /%ff%00/../../etc HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET \xff\xfe HTTP/1.1\r\n\r\n",
    b"GET http://[::1 HTTP/1.1\r\n\r\n", b"BREW /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /graphql?query=%7b%ff%7d HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /graphql?query={a}&variables=[ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /readyz?%00 HTTP/1.1\r\nHost: \xff\r\n\r\n",
    b"POST /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /graphql HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nHost: [::1]\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
    b"POST /graphql HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /graphql HTTP/1.1\r\nAccept: \xff;q=x,,;\r\nContent-Length: 0\r\n\r\n",
    b"POST /graphql HTTP/1.1\r\nX-Request-ID: a\x0bb\r\nContent-Length: 0\r\n\r\n",
]  # fmt: skip

BODIES = [
    b"", b"{", b"[]", b"null", b"7", b"\xff\xfe", b'{"query": 7}', b'{"query": "\\u0000{"}',
    b'{"query": "{ a", "variables": {"a": ' + b"9" * 4400 + b"}}", b'{"query": "{\\ud800}"}',
    b"[" * 50_000, b'{"query": "' + b"{a" * 9000 + b'"}', b'{"query": "{a}", "variables": []}',
    b'{"query": "query($a: Int) { __typename }", "variables": {"a": "s3cr3t"}}',
    b'{"query": "mutation { deleteStage(input: {id: \\"s3cr3t\\"}) { errors { code } } }"}',
    b'{"query": "{ node(id: \\"s3cr3t\\\\u0000\\") { id } }"}',
    b'{"query": "s3cr3t-of-nobody', b'{"query": {"s3cr3t-of-nobody": 1}}', b'{"s3cr3t": s3cr3t}',
    b'{"query": "s3cr3t"}', b'{"query": "{ s3cr3t }"}', b'{"query": "{ __typename @s3cr3t }"}',
    b'{"query": "{ a: __typename", "operationName": "s3cr3t"}',
    b'{"query": "{ __typename }", "operationName": "s3cr3t"}',
    b'{"query": "{ works(first: \\"s3cr3t\\") { nodes { id } } }"}',
    b'{"query": "{ works(after: \\"s3cr3t\\") { nodes { id } } }"}',
    b'{"query": "query($a: StageFilter) { stages(filter: $a) { totalCount } }",'  # noqa: ISC004
    b' "variables": {"a": {"sources": ["s3cr3t"], "s3cr3t": {"s3cr3t": 1}}}}',
    b'{"query": "query($a: ID!) { node(id: $a) { id } }", "variables": {"s3cr3t": 1}}',
    b'{"query": "query($a: ID!) { node(id: $a) { id } }", "variables": {"a": ["s3cr3t"]}}',
    b'{"documentId": "sha256:x"}', b'{"documentId": "s3cr3t"}',
    b'{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "s3cr3t"}}}',
    b'{"extensions": {"persistedQuery": "s3cr3t"}}',
    b'{"extensions": {"persistedQuery": {"version": 1}}}',
]  # fmt: skip

QUERIES = [
    {"query": "{ s3cr3t"}, {"query": "{ __typename }", "variables": '{"a": s3cr3t'},
    {"query": "mutation { s3cr3t }"}, {"query": "{ __typename }", "extensions": "s3cr3t"},
    {"query": "{ __typename }", "operationName": "s3cr3t"}, {"documentId": "s3cr3t"},
    {"token": "s3cr3t"}, {"query": "{ __typename }", "token": "s3cr3t"},
]  # fmt: skip


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[tuple[str, list[str]]]:
    """Run a gateway at the level debug; the list has all that it wrote, when it has ended."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith("STAGEGRAPH_")}
    given = {f"STAGEGRAPH_{name}": text for name, text in settings.items()}
    said = folder / "said"
    with said.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "gateway", "serve"],
            env=plain | given | {"STAGEGRAPH_LOG": "debug", "STAGEGRAPH_PORT": "0"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while "/graphql" not in said.read_text():
            assert server.poll() is None, said.read_text()
        lines: list[str] = []
        yield said.read_text().split("endpoint: ")[1].split()[0], lines
    finally:
        server.terminate()
        server.wait(30)
    lines += said.read_text(errors="replace").splitlines()


def planted(sandbox: Sandbox) -> dict[str, str]:
    """Settings that lead to the sandboxes with secrets, all of which the vendors refuse."""
    found = {
        f"{source.name}_{name.upper()}": text
        for source in Source
        for name, text in sandbox.settings(source).items()
    }
    for name in [name for name in found if name.endswith(("_TOKEN", "_API_KEY"))]:
        found[name] = CREDENTIAL + name.lower()
    found |= {f"{source.name}_CALLER_CREDENTIALS": "yes" for source in Source}
    found |= {f"{source.name}_LIMIT": "none" for source in Source}
    return found | {"DEADLINE": "1", "CURSOR_KEY": f"{MARK}{'A' * 42}"}


class Way(NamedTuple):
    """A way to tell callers apart.

    Attributes:
        settings: of the gateway.
        known: what a caller shows. strangers: what nobody shows who is known.
        secrets: what is in no line and no answer, though no mark is in it.
    """

    settings: dict[str, str]
    known: dict[str, str]
    strangers: list[dict[str, Any]]
    secrets: list[str]


def by_key(folder: Path) -> Way:
    keys = folder / "keys.toml"
    hashed = sha256(KEY.encode()).hexdigest()
    keys.write_text(f'[[keys]]\nname = "web"\nsha256 = "{hashed}"\nroles = ["read", "write"]\n')
    shown: list[dict[str, Any]] = [
        {}, {"Authorization": f"Bearer {CREDENTIAL}nobody"},
        {"X-API-Key": f"{CREDENTIAL}nobody\xff".encode()},
        {"Authorization": f"Basic {CREDENTIAL}nobody"},
        {"Authorization": f"{CREDENTIAL}nobody"},
    ]  # fmt: skip
    settings = {"AUTH": "api-key", "API_KEYS_FILE": str(keys), "TRACE": "on"}
    return Way(settings, {"Authorization": f"Bearer {KEY}"}, shown, [hashed])


def by_token(folder: Path) -> Way:
    good = token(roles=["read", "write"])
    bad = [
        token(exp=1), token("ES256", kid="RS256"), token(kid="new"), good[:-4] + "AAAA",
        token(aud="other"), f"{good}.{CREDENTIAL}more", CREDENTIAL, f"{CREDENTIAL}.e30.e30",
    ]  # fmt: skip
    shown = [{"Authorization": f"Bearer {one}"} for one in bad]
    parts = [part for one in (good, *bad) for part in one.split(".") if len(part) > 20]
    settings = {**trusting(folder), "TRACE": "header"}
    known = {"Authorization": f"Bearer {good}", "X-Stagegraph-Trace": "upstream"}
    return Way(settings, known, [{}, *shown], parts)


WAYS = {"keys": by_key, "tokens": by_token}


def own_credentials(text: str) -> dict[str, str]:
    schemes = {Source.STORYBLOK: "", Source.DEVREV: ""}
    return {
        f"X-{source.name.title()}-Authorization": schemes.get(source, "Bearer ") + text
        for source in Source
    }


def named(query: str) -> str:
    """Return the extensions that name a document."""
    hashed = sha256(query.encode()).hexdigest()
    return json.dumps({"persistedQuery": {"version": 1, "sha256Hash": hashed}})


VARIABLES = {"name": f"{MARK}-name", "key": f"{CREDENTIAL}once"}


def asked(http: httpx.Client, **headers: str) -> list[httpx.Response]:
    """Ask in every way, all at once: a fault that holds an answer up does so once."""

    def post(query: str) -> Callable[[], httpx.Response]:
        body = {"query": query, "variables": VARIABLES}
        return lambda: http.post("/graphql", json=body, headers=headers)

    def get(**given: str) -> Callable[[], httpx.Response]:
        given["variables"] = json.dumps(VARIABLES)
        return lambda: http.get("/graphql", params=given, headers=headers)

    ways = [post(query) for query in (STAGES, WORKS, WRITE)]
    ways += [get(query=STAGES), get(query=LITERAL)]
    ways += [get(extensions=named(STAGES)), get(extensions=named(STAGES), query=STAGES)]
    ways += [get(extensions=named(STAGES), query=LITERAL)]
    with ThreadPoolExecutor(len(ways)) as threads:
        return list(threads.map(lambda ask: ask(), ways))


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_told(way: str, sandbox: Sandbox, tmp_path: Path) -> None:
    callers = WAYS[way](tmp_path)
    known = callers.known
    answers: list[httpx.Response] = []
    with (
        served(tmp_path, **planted(sandbox), **callers.settings) as (address, lines),
        httpx.Client(base_url=address.removesuffix("/graphql"), timeout=30) as http,
    ):
        shown = [*callers.strangers, known, known | own_credentials(f"{CREDENTIAL}its-own")]
        answers += [one for headers in shown for one in asked(http, **headers)]
        for kind in sorted(Kind.__args__):
            for source in Source:
                more: dict[str, Any] = {"seconds": 2} if kind == "latency" else {}
                more |= {"location": f"http://x/{CREDENTIAL}vendor"} if kind == "redirect" else {}
                sandbox.fault(source.value, kind, **more)
            answers += asked(http, **known, **own_credentials(TOKEN))
            sandbox.heal()
        headers = known | {"X-Request-ID": KEY}
        answers += [
            http.post("/graphql", content=body, headers=headers | {"Content-Type": kind})
            for body in BODIES
            for kind in ("application/json", f"text/{MARK}")
        ]
        answers += [http.get("/graphql", params=one, headers=headers) for one in QUERIES]
    requests = [json.loads(line) for line in lines if '"event":"request"' in line]
    assert len(requests) == len(answers) > 200
    assert sum(one["calls"] for one in requests) > 50
    assert {one["status"] for one in requests} >= {200, 400, 401, 415}
    assert any('"extensions":{"upstream":[{' in answer.text for answer in answers)
    leaks = [line for line in lines if any(one in line for one in (MARK, *callers.secrets))]
    assert leaks == []
    # What a caller wrote itself may be in its own answer; a credential never is.
    for answer in answers:
        told = answer.text + str(answer.headers)
        assert not any(one in told for one in (CREDENTIAL, *callers.secrets)), told
    assert not any("Traceback" in line or '"trace"' in line for line in lines)


def test_bad_input_writes_no_traceback(sandbox: Sandbox, tmp_path: Path) -> None:
    with served(tmp_path, **sandbox_settings(sandbox)) as (address, lines):
        port = int(address.rsplit(":", 1)[1].split("/")[0])
        posts = [
            b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            for body in BODIES
        ]  # fmt: skip
        for data in [*HOSTILE, *posts, *(one[:-1] for one in posts)]:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
                sock.sendall(data)
                sock.shutdown(socket.SHUT_WR)
                told = sock.recv(65536)
            assert b" 500 " not in told, data
        answer = httpx.post(address, json={"query": "{ __typename }"})
        assert answer.json() == {"data": {"__typename": "Query"}}
    for line in lines:
        if line.startswith("{"):
            assert json.loads(line)["level"] in {"info", "debug"}, line
        else:
            assert line.startswith("Explorer"), line


def sandbox_settings(sandbox: Sandbox) -> dict[str, str]:
    return {
        f"{source.name}_{name}": text
        for source in Source
        for name, text in sandbox.settings(source).items()
        if name in settings_kinds()[source].__struct_fields__
    } | {f"{source.name}_LIMIT": "none" for source in Source}
