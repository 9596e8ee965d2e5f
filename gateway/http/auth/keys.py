"""Callers with API keys, of which the file of keys has only the hashes."""

import hashlib
import hmac
import json
import secrets
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from gateway.caller import Caller, UnknownRoleError, caller
from gateway.http.auth.auth import UnknownCallerError
from gateway.settings import SettingError, variable

SETTING = variable("server", "api_keys_file")


class _Key(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[ -~]+\Z")]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{64}\Z")]
    roles: list[str]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    keys: Annotated[list[_Key], Meta(min_length=1)]


def made(name: str, roles: Sequence[str]) -> tuple[str, str]:
    """Return a new key's entry in the file of keys, and the key.

    Raises:
        ValueError: if the name or a role is none.
    """
    caller(name, roles)
    key = f"sg_{secrets.token_urlsafe(32)}"
    one = _Key(name, hashlib.sha256(key.encode()).hexdigest(), list(roles))
    msgspec.convert(msgspec.to_builtins(one), _Key)  # judges the name
    quoted = (json.dumps(one.name), json.dumps(one.sha256), json.dumps(one.roles))
    return "[[keys]]\nname = {}\nsha256 = {}\nroles = {}\n".format(*quoted), key


class Keys:
    """Knows callers by their keys.

    Args:
        callers: by the SHA-256 of their keys.
    """

    def __init__(self, callers: dict[bytes, Caller]) -> None:
        self._callers = list(callers.items())

    @classmethod
    def read(cls, path: str) -> Self:
        """Read a file of keys: `[[keys]]`, each with a `name`, a `sha256` and `roles`.

        Raises:
            SettingError: naming what is wrong with it.
        """
        try:
            tables = tomllib.loads(Path(path).read_text(encoding="utf-8"))
            file = msgspec.convert(tables, _File)
        except (OSError, ValueError) as error:  # TOML's errors and msgspec's are such, too
            message = f"{SETTING} takes the path of a TOML file of keys; {path}: {error}."
            raise SettingError(message) from None
        found: dict[bytes, Caller] = {}
        names: set[str] = set()
        for key in file.keys:
            digest = bytes.fromhex(key.sha256)
            if digest in found or key.name in names:
                message = f"{SETTING}: {path}: {key.name!r} is there twice, or has another's key."
                raise SettingError(message)
            names.add(key.name)
            try:
                found[digest] = caller(key.name, key.roles)
            except UnknownRoleError as error:
                message = f"{SETTING}: {path}: of {key.name!r}, {error}."
                raise SettingError(message) from None
        return cls(found)

    def find(self, shown: bytes) -> Caller:
        """Return whose key it is; all are compared, so that the time tells nothing."""
        digest = hashlib.sha256(shown).digest()
        found = None
        for known, one in self._callers:
            if hmac.compare_digest(known, digest):
                found = one
        if found is None:
            message = "This API key is nobody's."
            raise UnknownCallerError(message)
        return found

    async def close(self) -> None:
        """Nothing is held."""
