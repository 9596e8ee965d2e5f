"""The tokens in hand, and the file that keeps them over restarts and shares them."""

import asyncio
import fcntl
import os
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from gateway.settings import SettingError, variable
from gateway.sources.outreach.settings import TABLE
from gateway.sources.outreach.wire import Token
from gateway.upstream.origin import Time

_MARGIN = timedelta(minutes=1)
_PAUSE_SECONDS = 0.02
"""Between two looks at whether the lock is free."""

_OWNER_ONLY = 0o600


class Tokens(msgspec.Struct, frozen=True):
    """What one renewal gave.

    Attributes:
        access_token: the credential.
        refresh_token: renews it.
        obtained_at: when it was given. expires_at: when it runs out.
        lineage: the hash of the settings that the first renewal was made with.
    """

    access_token: Token
    refresh_token: Token
    obtained_at: Time
    expires_at: Time
    lineage: str

    def __repr__(self) -> str:
        """Show no secret."""
        return f"Tokens(until {self.expires_at})"

    def is_due(self, now: datetime) -> bool:
        """Tell whether to renew: a minute early, or at half of a shorter life."""
        margin = min(_MARGIN, (self.expires_at - self.obtained_at) / 2)
        return now >= self.expires_at - margin

    def is_new(self, now: datetime) -> bool:
        """Tell whether it was given in the last minute; Outreach gives one a minute."""
        return now - self.obtained_at < timedelta(minutes=1)


class TokenFile:
    """Tokens as JSON, for its owner's eyes; beside it a file that is locked while it changes.

    Args:
        path: where; a link stays one, and what it leads to is the file. That is replaced whole,
            so its folder must be writable.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(os.path.realpath(path))
        self._lock = Path(f"{self._path}.lock")

    def check(self) -> None:
        """Refuse a folder that cannot hold the file.

        Raises:
            SettingError: telling what is wrong with it.
        """
        if not os.access(self._path.parent, os.W_OK | os.X_OK):
            words = "its folder is not there, or cannot be written"
            raise self._problem(words)

    def read(self) -> Tokens | None:
        """Return the tokens; None if there is no file, or an empty one.

        Raises:
            SettingError: if it cannot be read, is open to others, or makes no sense.
        """
        try:
            with self._path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                content = file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            words = f"it cannot be read: {error.strerror}"
            raise self._problem(words) from None
        if mode & (stat.S_IRWXO | stat.S_IWGRP):
            words = "it is open to others; chmod it to 600"
            raise self._problem(words)
        if not content:
            return None
        try:
            return msgspec.json.decode(content, type=Tokens)
        except (msgspec.DecodeError, RecursionError):
            words = "it holds no tokens; remove it and set a new refresh token"
            raise self._problem(words) from None

    def write(self, tokens: Tokens) -> None:
        """Replace the file, at once and for good; raises OSError. To be called under the lock."""
        new = Path(f"{self._path}.new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(new, flags, _OWNER_ONLY), "wb") as file:
            os.fchmod(file.fileno(), _OWNER_ONLY)
            file.write(msgspec.json.encode(tokens))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    @asynccontextmanager
    async def locked(self) -> AsyncGenerator[None]:
        """Keep out all others that share the file, in this process and in others.

        Raises:
            SettingError: if it cannot be locked.
        """
        try:
            lock = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, _OWNER_ONLY)
        except OSError as error:
            words = f"it cannot be locked: {error.strerror}"
            raise self._problem(words) from None
        try:
            await _take(lock)
            yield
        finally:
            os.close(lock)  # which unlocks

    def _problem(self, words: str) -> SettingError:
        name = f"{variable(TABLE, 'token_file')} ([{TABLE}] token_file)"
        return SettingError(f"{name}, {self._path}: {words}.")


async def _take(lock: int) -> None:
    """Try to take a lock until it is taken; to wait in the call would block the event loop."""
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(_PAUSE_SECONDS)
