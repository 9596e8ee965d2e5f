"""Trusted documents: those of an operator's list are run, and nothing else."""

import math
import re
import time
from collections.abc import Collection, Mapping
from typing import NamedTuple

from graphql import GraphQLSyntaxError
from graphql.utilities import strip_ignored_characters
from msgspec.structs import replace

from gateway.http.asked import Asked
from gateway.http.persisted import Texts
from gateway.http.refusals import BadRequestError, NotRunError
from gateway.store.lru import Lru
from schema.types.errors import ErrorCode

_NOT_LISTED = (
    "Only documents that an operator has listed are run here, and this is none of them. Ask by "
    "`documentId`, or by the text that is listed."
)

_DIFFERS = "`query` is not the document that is named; send one of the two."

_IGNORED = re.compile(r"[\s,\ufeff]+")

_MOST_BYTES, _MOST_WAYS = 4 * 10**6, 10_000
"""Of texts that are listed ones written in other ways: strangers may send any number of them."""


def bare(text: str) -> str:
    """Return a document without what tells nothing: white space, commas, comments.

    Raises:
        GraphQLSyntaxError: if it is none.
    """
    return strip_ignored_characters(text)


class Listed(NamedTuple):
    """What an operator has listed.

    Attributes:
        by_name: texts by "sha256:..." of each, and by the ids that manifests have.
        forms: all documents that may be asked for by their text, bare.
    """

    by_name: Mapping[str, str]
    forms: Collection[str]


class Documents:
    """Tells which texts are listed, in whatever way they are written.

    Args:
        listed: the documents.
    """

    def __init__(self, listed: Listed) -> None:
        self.by_name = listed.by_name
        self._texts = frozenset(listed.by_name.values())
        self._forms = frozenset(listed.forms)
        # To read a text takes a thousand times as long as this look at it.
        self._outlines = frozenset(map(_outline, self._forms))
        self._others: Lru[str, bool, float] = Lru(
            max_bytes=_MOST_BYTES, max_entries=_MOST_WAYS, now=time.monotonic
        )

    def have(self, text: str) -> bool:
        """Tell whether a text is one of them."""
        if text in self._texts or self._others.get(text):
            return True
        if _outline(text) not in self._outlines:
            return False
        try:
            is_listed = bare(text) in self._forms
        except GraphQLSyntaxError:
            return False
        if is_listed:
            self._others.put(text, True, 4 * len(text), math.inf)  # noqa: FBT003
        return is_listed


class Trusted:
    """Lets through what is listed, asked for by a name or by its text.

    Args:
        documents: what is listed.
        others: finds documents by what clients name them; those that are listed are let through.
    """

    takes_any = False

    def __init__(self, documents: Documents, others: Texts) -> None:
        self._documents = documents
        self._others = others

    async def resolve(self, asked: Asked) -> Asked:
        """Return what is asked with its document's text.

        Raises:
            BadRequestError: if that is not listed.
        """
        text = self._named(asked)
        if text is None:
            if asked.document_id is None:
                # A client's hash may be of a listed document in its own way of writing.
                asked = await self._others.resolve(asked)
            if asked.document_id is not None or not self._documents.have(asked.query):
                raise NotRunError(403, _NOT_LISTED, code=ErrorCode.FORBIDDEN.value)
            return asked
        if asked.query and asked.query != text:
            raise BadRequestError(400, _DIFFERS)
        return replace(asked, query=text)

    def _named(self, asked: Asked) -> str | None:
        """Return the listed document of the name that is asked for."""
        name, by_name = asked.document, self._documents.by_name
        if name is None:
            return None
        # Apollo's clients may take their names from a manifest, where they are no hashes.
        bare_name = name.removeprefix("sha256:") if asked.document_id is None else name
        return by_name.get(name) or by_name.get(bare_name)


def _outline(text: str) -> str:
    return _IGNORED.sub("", text)
