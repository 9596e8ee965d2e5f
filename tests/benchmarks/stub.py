"""The vendors as fast as can be: answers of the sandboxes, kept as bytes.

What is asked for the first time is asked of the sandbox and kept; everything after is answered from
memory. `python -m tests.benchmarks.stub a=http://127.0.0.1:8001` serves the sandbox `a` below `/a`.

Handles: `GET /_stub` tells the counts and the last calls, `DELETE /_stub` forgets both.
`PUT /_stub` takes `{"delays": {"esper": 0.02}}`, and `{"forget": "/b/"}` to ask again for what is
below a path.
"""

import asyncio
import sys
from collections import Counter, deque
from typing import Any, NamedTuple

import httptools
import httpx
import msgspec
import uvloop

HANDLES = b"/_stub"

_LAST = 64
"""Calls that are told."""

_NOT_PASSED = {"connection", "content-length", "date", "host", "transfer-encoding", "user-agent"}


class Key(NamedTuple):
    """What tells requests apart, byte for byte."""

    method: bytes
    url: bytes
    body: bytes


class Kept(NamedTuple):
    """A whole answer, and where it is counted and delayed."""

    answer: bytes
    source: str
    route: str


class Answers:
    """All that was answered, and how often.

    Args:
        origins: the sandboxes' addresses by the first segment of a path.
    """

    def __init__(self, origins: dict[str, str]) -> None:
        self._origins = origins
        self._client = httpx.AsyncClient(timeout=60, trust_env=False)
        self.kept: dict[Key, Kept] = {}
        self.counts: Counter[str] = Counter()
        self.last: deque[Key] = deque(maxlen=_LAST)
        self.fetched = 0
        self.delays: dict[str, float] = {}

    async def fetch(self, key: Key, headers: dict[str, str]) -> Kept:
        """Ask a sandbox, and keep what it says unless it refuses."""
        _, segment, source, path = key.url.decode().split("/", 3)
        self.fetched += 1
        response = await self._client.request(
            key.method.decode(),
            f"{self._origins[segment]}/{source}/{path}",
            content=key.body,
            headers={**headers, "accept-encoding": "identity"},
        )
        shown = [(k, v) for k, v in response.headers.items() if k not in _NOT_PASSED]
        answer = written(response.status_code, response.content, shown)
        made = Kept(answer, source, f"{key.method.decode()} {source}/{path.partition('?')[0]}")
        return self.kept.setdefault(key, made) if response.is_success else made

    def told(self) -> dict[str, Any]:
        """Return the counts, and the last calls."""
        return {
            "total": self.counts.total(),
            "fetched": self.fetched,
            "routes": self.counts,
            "last": [[part.decode() for part in key] for key in self.last],
        }

    def handle(self, key: Key) -> dict[str, Any]:
        """Carry out a handle."""
        if key.method == b"DELETE":
            self.counts.clear()
            self.last.clear()
            self.fetched = 0
        if key.method == b"PUT":
            asked = msgspec.json.decode(key.body)
            self.delays = asked.get("delays", self.delays)
            if "forget" in asked:
                below = asked["forget"].encode()
                self.kept = {k: v for k, v in self.kept.items() if not k.url.startswith(below)}
        return self.told()


def written(status: int, body: bytes, headers: list[tuple[str, str]]) -> bytes:
    """Write an answer as HTTP/1.1."""
    lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in headers)]
    lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class Protocol(asyncio.Protocol):
    """One connection; requests come one after the other."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: Any) -> None:
        """Start to read."""
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._url, self._body, self._headers = b"", b"", []

    def on_url(self, url: bytes) -> None:
        """Take the path."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, which is passed on if the sandbox must be asked."""
        self._headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """Answer."""
        answers, key = self._answers, Key(self._parser.get_method(), self._url, self._body)
        kept = answers.kept.get(key)
        if kept is not None:
            answers.last.append(key)
            self._send(kept)
        elif key.url == HANDLES:
            told = msgspec.json.encode(answers.handle(key))
            self._transport.write(written(200, told, [("content-type", "application/json")]))
        else:
            task = asyncio.get_running_loop().create_task(self._ask(key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, key: Key) -> None:
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in self._headers}
        headers = {name: value for name, value in headers.items() if name not in _NOT_PASSED}
        self._send(await self._answers.fetch(key, headers))

    def _send(self, kept: Kept) -> None:
        answers = self._answers
        answers.counts[kept.route] += 1
        delay = answers.delays.get(kept.source)
        if delay:
            asyncio.get_running_loop().call_later(delay, self._transport.write, kept.answer)
        else:
            self._transport.write(kept.answer)


async def serve(origins: dict[str, str]) -> None:
    """Serve on a free port, and print the address."""
    answers = Answers(origins)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Protocol(answers), "127.0.0.1", 0, backlog=4096)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(dict(one.split("=", 1) for one in sys.argv[1:])))
