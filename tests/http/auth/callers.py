"""What tests of callers share: keys, and a vendor that answers each credential otherwise."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from gateway.app import emulator_kinds
from gateway.sandbox.emulator import TOKEN
from gateway.sandbox.server import create_sandbox
from tests.planted import MARK

_PLANTED = f"{MARK}-of-"

_NAMES = {"name", "title", "display_name"}

ALL_STAGES = """{ stages(first: 100) {
  nodes { id source name } isComplete sources { source status error { code } }
} }"""

CREATE = """mutation($name: String!) {
  createStage(input: {stage: {outreach: {name: $name, position: 9}}}) {
    stage { id name } errors { __typename code message }
} }"""


def key_of(name: str) -> str:
    """Return a caller's key."""
    return f"{MARK} key of {name}"


def credential(name: str) -> str:
    """Return what a customer of the vendors brings."""
    return f"Bearer {_PLANTED}{name}"


def keys_file(folder: Path, **roles: Sequence[str]) -> str:
    """Write a file of keys; see `key_of`."""
    path = folder / "keys.toml"
    path.write_text("".join(
        f'[[keys]]\nname = "{name}"\nroles = {list(one)}\n'
        f'sha256 = "{hashlib.sha256(key_of(name).encode()).hexdigest()}"\n'
        for name, one in roles.items()
    ))  # fmt: skip
    return str(path)


def shown(name: str) -> dict[str, str]:
    """Return the header that shows a key."""
    return {"Authorization": f"Bearer {key_of(name)}"}


def _named(value: Any, owner: str) -> Any:
    """Return JSON in which whatever has a name has its owner's beside it."""
    if isinstance(value, dict):
        own = {key: f"{value[key]} of {owner}" for key in _NAMES & value.keys() if value[key]}
        return {key: _named(one, owner) for key, one in value.items()} | own
    return [_named(one, owner) for one in value] if isinstance(value, list) else value


class Tenants:
    """Vendors with several customers, whose objects have the same ids; an ASGI app.

    What `credential` tells is good for any vendor, and all names end with "of ann";
    the operator's is the sandboxes' own. Who is no customer is refused as by any vendor.

    Args:
        names: the customers.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._app = create_sandbox(emulator_kinds())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the sandboxes do, with names of the customer."""
        headers = dict(scope["headers"])
        word = headers.get(b"authorization", b"").decode().rpartition(" ")[2]
        name = word.removeprefix(_PLANTED)
        if name in self._names:
            word = TOKEN if "/storyblok/" in scope["path"] else f"Bearer {TOKEN}"
            headers[b"authorization"] = word.encode()
        started: dict[str, Any] = {}

        async def renamed(message: Any) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
                return
            if started and not message.get("more_body") and started["status"] < 300:
                message = {**message, "body": _renamed(message["body"], name)}
                size = [(b"content-length", str(len(message["body"])).encode())]
                started["headers"] = [
                    one for one in started["headers"] if one[0] != b"content-length"
                ] + size
            if started:
                await send({**started})
                started.clear()
            await send(message)

        await self._app({**scope, "headers": list(headers.items())}, receive, renamed)


def _renamed(body: bytes, owner: str) -> bytes:
    try:
        return msgspec.json.encode(_named(msgspec.json.decode(body), owner))
    except msgspec.DecodeError:
        return body
