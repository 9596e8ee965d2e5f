"""Writes in the vendor's words, and what became of them."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.fixtures import Sandbox

SPACE = "/v1/spaces/1001"
Row = dict[str, Any]
STAGE = "workflow_stage"
STAGES = "workflow_stages"
MISSING = ["This record could not be found"]


class Vendor:
    """The emulator, asked over HTTP; `path` is below the first space."""

    def __init__(self, client: httpx.Client, sandbox: Sandbox) -> None:
        self._client = client
        self.sandbox = sandbox

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """Send one request."""
        return self._client.request(method, f"{SPACE}/{path}", json=body, params=query)

    def post_text(self, path: str, text: bytes) -> httpx.Response:
        """Send a body that need not be JSON."""
        return self._client.post(f"{SPACE}/{path}", content=text)

    def turn(self, name: str, position: str) -> None:
        """Turn a switch."""
        self.sandbox.turn(f"storyblok.{name}", position)

    @property
    def state(self) -> Mapping[str, Any]:
        """All objects of both spaces."""
        return self.sandbox.state("storyblok")

    def rows(self, kind: str) -> list[Row]:
        """All objects of a kind of the first space, as the lists have them."""
        return self.send("GET", kind, per_page=100).json()[kind]

    def one(self, kind: str, number: object) -> Row:
        """An object."""
        [found] = [one for one in self.rows(kind) if one["id"] == number]
        return found

    def stages_of(self, workflow: object) -> list[Row]:
        """The stages of a workflow."""
        return [one for one in self.rows(STAGES) if one["workflow_id"] == workflow]

    @property
    def applied(self) -> int:
        """How many requests have changed anything."""
        return sum(one["applied"] for one in self.sandbox.requests("storyblok"))

    def refused(self, method: str, path: str, body: Any, status: int, answer: Any) -> None:
        """Expect a refusal that changes nothing."""
        before, applied = self.state, self.applied
        response = self.send(method, path, body)
        assert (response.status_code, response.json()) == (status, answer)
        assert self.state == before
        assert self.applied == applied


def mixed(**words: str) -> Row:
    """The body that the vendor's types have for a stage that is refused."""
    sentences = [f"{name.replace('_', ' ').capitalize()} {word}" for name, word in words.items()]
    return {**{name: [word] for name, word in words.items()}, "error": ", ".join(sentences)}
