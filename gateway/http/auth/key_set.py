"""The keys that an issuer signs with: read from a file, or from where the issuer has them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import msgspec

from gateway.settings import SettingError, is_loopback, variable
from gateway.upstream.client.fetch import fetch

_log = logging.getLogger("stagegraph.auth")

SETTING = variable("server", "jwt_jwks")

_OLD = 600.0
"""Seconds after which keys are read anew: issuers turn them over, and withdraw them."""

_REST = 10.0
"""Seconds between two readings at least: anybody can name a key that there is not."""

Read = Callable[[], Awaitable[bytes]]


class NoKeysError(Exception):
    """There is no key to verify a token with."""


class KeySet:
    """Keys by their ids.

    Args:
        read: reads the key set, as JSON; raises OSError if it cannot be had.
        now: the clock, in seconds.
    """

    def __init__(self, read: Read, now: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._now = now
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._read_at = float("-inf")
        self._tried_at = float("-inf")
        self._reading = asyncio.Lock()

    async def get(self, kid: object) -> jwt.PyJWK:
        """Return a key; the only one there is where a token names none.

        Raises:
            NoKeysError: if there is none, or the keys could not be had.
        """
        name = kid if isinstance(kid, str) else None
        if self._now() - self._read_at > _OLD or self._named(name) is None:
            await self._renew(name)
        found = self._named(name)
        if found is None:
            message = (
                "This token is signed with a key that its issuer does not have."
                if self._keys
                else "The issuer's keys cannot be had at the moment; try again later."
            )
            raise NoKeysError(message)
        return found

    def _named(self, name: str | None) -> jwt.PyJWK | None:
        if name is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(name)

    async def _renew(self, name: str | None) -> None:
        async with self._reading:
            now = self._now()
            is_there = self._named(name) is not None and now - self._read_at <= _OLD
            if is_there or now - self._tried_at < _REST:
                return  # somebody else has just read them
            self._tried_at = now
            try:
                self._keys = parsed(await self._read())
                self._read_at = now
            except (OSError, ValueError) as error:
                _log.error("the issuer's keys cannot be had: %s", error)

    async def close(self) -> None:
        """Nothing is held between two readings."""


def parsed(text: bytes) -> dict[str | None, jwt.PyJWK]:
    """Return the keys of a JSON Web Key Set that verify signatures.

    Raises:
        ValueError: if there are none.
    """
    try:
        found: Any = msgspec.json.decode(text)
        keys = jwt.PyJWKSet.from_dict(found).keys
    except (msgspec.DecodeError, jwt.PyJWTError, TypeError, AttributeError, KeyError):
        message = "that is no JSON Web Key Set with keys that are known here"
        raise ValueError(message) from None
    good = {one.key_id: one for one in keys if one.public_key_use in {None, "sig"}}
    if not good:
        message = "no key is for signatures"
        raise ValueError(message)
    return good


def of_file(path: str) -> KeySet:
    """Return the keys of a file, which is read anew from time to time.

    Raises:
        SettingError: if it is no key set.
    """

    async def read() -> bytes:
        return await asyncio.to_thread(Path(path).read_bytes)

    try:
        parsed(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        message = f"{SETTING} takes an address or the path of a key set; {path}: {error}."
        raise SettingError(message) from None
    return KeySet(read)


def of_place(place: str) -> KeySet:
    """Return the keys of a file, or of an address.

    Raises:
        SettingError: if it is no key set, or an address that others could answer for.
    """
    if "://" not in place:
        return of_file(place)
    parts = urlsplit(place)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and is_loopback(parts.hostname or "")
    ):
        message = (
            f"{SETTING} takes https://..., as who changes the keys on their way can be anyone."
        )
        raise SettingError(message)
    return KeySet(lambda: fetch(place))
