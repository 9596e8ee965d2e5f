"""Automatic persisted queries: a client names its document by a hash, once it was sent whole.

The protocol is Apollo's; `documentId` of GraphQL over HTTP names the same documents. A hash is of a
text that its client knows, so one is as good for everybody, and tells nobody what others asked.
"""

import math
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from msgspec.structs import replace

from gateway.http.asked import Asked
from gateway.http.refusals import BadRequestError, NotRunError
from gateway.store.entry import Entry
from gateway.store.lru import Lru
from gateway.store.store import Store

NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"

_NAME = re.compile(r"sha256:[0-9a-f]{64}")

_LONGEST = 100_000
"""Letters of a document that is kept, as of one that is kept read."""

_MOST_BYTES = 16 * 10**6
_MOST_DOCUMENTS = 10_000
_PER_DOCUMENT = 400
"""Bytes of a kept document beside its text."""

_SHARED_FOR = timedelta(days=1)

_OTHER = "The document's hash is another: sha256Hash is the SHA-256 of `query`, in lower-case hex."


class Texts(Protocol):
    """Finds the documents that requests name.

    Attributes:
        takes_any: whether a document that comes with no name is taken as it is.
    """

    takes_any: bool

    async def resolve(self, asked: Asked) -> Asked:
        """Return what is asked with its document's text in `query`.

        Raises:
            BadRequestError: if there is none, or it may not be asked for.
        """
        ...


def name_of(text: str) -> str:
    """Return the name that a document has by its text."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


class Persisted:
    """Keeps the documents that came with their hash, if they are valid.

    Args:
        store: shares them with other gateways, where it is one that is shared.
        is_valid: whether a text is a document that can be run.
        now: the clock, in UTC.
    """

    takes_any = True

    def __init__(
        self, store: Store, is_valid: Callable[[str], bool], now: Callable[[], datetime]
    ) -> None:
        self._shared = store if store.is_far else None
        self._is_valid = is_valid
        self._now = now
        self._held: Lru[str, str, float] = Lru(
            max_bytes=_MOST_BYTES, max_entries=_MOST_DOCUMENTS, now=time.monotonic
        )

    async def resolve(self, asked: Asked) -> Asked:
        """Return what is asked with its document's text; one that came with its hash is kept.

        Raises:
            BadRequestError: if the document is not known, or its hash is another's.
        """
        name = None if asked.is_plain else asked.document
        if name is None:
            return asked
        if asked.query:
            await self._keep(name, asked.query)
            return asked
        text = self._held.get(name) or await self._found(name)
        if text is not None:
            return replace(asked, query=text)
        if asked.document_id is None:  # Apollo's clients send it whole when they are told so
            raise BadRequestError(200, "PersistedQueryNotFound", code=NOT_FOUND)
        message = f"No document of this id is known; send it once whole: `query` and {name[:80]!r}."
        raise NotRunError(400, message, code=NOT_FOUND)

    async def _keep(self, name: str, text: str) -> None:
        if self._held.get(name) == text:
            return
        if name != name_of(text):
            raise BadRequestError(400, _OTHER)
        if len(text) > _LONGEST or not self._is_valid(text):
            return
        self._hold(name, text)
        if self._shared is not None:
            now, seconds = self._now(), _SHARED_FOR.total_seconds()
            entry = Entry(text.encode(), now, now + _SHARED_FOR)
            await self._shared.set(_key(name), entry, seconds)

    async def _found(self, name: str) -> str | None:
        """Return a document that another gateway has kept."""
        if self._shared is None or not _NAME.fullmatch(name):
            return None
        entry = await self._shared.get(_key(name))
        text = entry.body.decode(errors="replace") if entry is not None else ""
        if name != name_of(text):
            return None
        self._hold(name, text)
        return text

    def _hold(self, name: str, text: str) -> None:
        # A letter takes up to four bytes.
        self._held.put(name, text, _PER_DOCUMENT + 4 * len(text), math.inf)


def _key(name: str) -> str:
    return f"document:{name}"
