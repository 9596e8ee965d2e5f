"""No secret is in any line, error or trace, whatever goes wrong; bad input writes no traceback."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from gateway.app import settings_kinds
from gateway.sandbox.faults import Kind
from schema.types.source import Source
from tests.fixtures import Sandbox

MARK = "pl4nted"
"""In every secret."""

KEY = f"sg_{MARK}-key-of-a-caller"

STAGES = "query($name: String!) { stages(filter: {name: {contains: $name}}) { nodes { id } } }"
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
    b'{"query": "query($a: Int) { __typename }", "variables": {"a": "pl4nted"}}',
    b'{"query": "mutation { deleteStage(input: {id: \\"pl4nted\\"}) { errors { code } } }"}',
    b'{"query": "{ node(id: \\"pl4nted\\\\u0000\\") { id } }"}',
    b'{"documentId": "sha256:x"}', b'{"extensions": {"persistedQuery": {"version": 1}}}',
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


def planted(sandbox: Sandbox, folder: Path) -> dict[str, str]:
    """Settings that lead to the sandboxes with secrets, all of which the vendors refuse."""
    found = {
        f"{source.name}_{name.upper()}": text
        for source in Source
        for name, text in sandbox.settings(source).items()
    }
    for name in [name for name in found if name.endswith(("_TOKEN", "_API_KEY"))]:
        found[name] = f"{MARK}-of-{name.lower()}"
    keys = folder / "keys.toml"
    hashed = sha256(KEY.encode()).hexdigest()
    keys.write_text(f'[[keys]]\nname = "web"\nsha256 = "{hashed}"\nroles = ["read", "write"]\n')
    found |= {f"{source.name}_CALLER_CREDENTIALS": "yes" for source in Source}
    found |= {f"{source.name}_LIMIT": "none" for source in Source}
    return found | {
        "AUTH": "api-key", "API_KEYS_FILE": str(keys), "TRACE": "on", "DEADLINE": "1",
        "CURSOR_KEY": f"{MARK}{'A' * 41}",
    }  # fmt: skip


def own_credentials(token: str) -> dict[str, str]:
    schemes = {Source.STORYBLOK: "", Source.DEVREV: ""}
    return {
        f"X-{source.name.title()}-Authorization": schemes.get(source, "Bearer ") + token
        for source in Source
    }


def asked(http: httpx.Client, **headers: str) -> list[httpx.Response]:
    variables = {"name": f"{MARK}-name", "key": f"{MARK}-once"}
    return [
        http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        for query in (STAGES, WORKS, WRITE)
    ]


def test_no_secret_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    answers: list[httpx.Response] = []
    with (
        served(tmp_path, **planted(sandbox, tmp_path)) as (address, lines),
        httpx.Client(base_url=address.removesuffix("/graphql"), timeout=30) as http,
    ):
        known = {"Authorization": f"Bearer {KEY}"}
        shown = [
            {}, {"Authorization": f"Bearer {MARK}"}, {"X-API-Key": f"{MARK}\xff".encode()},
            {"Authorization": f"Basic {MARK}"}, known, known | own_credentials(MARK),
        ]  # fmt: skip
        answers += [one for headers in shown for one in asked(http, **headers)]
        for kind in sorted(Kind.__args__):
            for source in Source:
                more: dict[str, Any] = {"seconds": 2} if kind == "latency" else {}
                more |= {"location": f"http://x/{MARK}"} if kind == "redirect" else {}
                sandbox.fault(source.value, kind, **more)
            answers += asked(http, **known, **own_credentials("sandbox"))
            sandbox.heal()
        headers = known | {"X-Request-ID": KEY}
        answers += [
            http.post("/graphql", content=body, headers=headers | {"Content-Type": kind})
            for body in BODIES
            for kind in ("application/json", f"text/{MARK}")
        ]
    requests = [json.loads(line) for line in lines if '"event":"request"' in line]
    assert len(requests) == len(answers) > 80
    assert sum(one["calls"] for one in requests) > 50
    leaks = [line for line in lines if MARK in line]
    assert leaks == []
    # What a caller wrote itself may be in its own answer; a credential never is.
    secrets = [KEY, f"{MARK}-of-", f"{MARK}-once", f"Basic {MARK}", f"http://x/{MARK}"]
    for answer in answers:
        told = answer.text + str(answer.headers)
        assert not any(secret in told for secret in secrets), told
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
