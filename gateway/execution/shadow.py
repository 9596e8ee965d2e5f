"""Compares the answers of two ways to run one operation."""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from graphql import DocumentNode, ExecutionResult, GraphQLError, print_ast

Path = tuple[str | int, ...]


def digest(document: DocumentNode) -> str:
    """Return the begin of the SHA-256 of a document's text, by which clients name it, too."""
    return hash_of(document.loc.source.body if document.loc else print_ast(document))


def hash_of(text: str) -> str:
    """Return the begin of the SHA-256 of a text; it tells nothing of it."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def difference(one: ExecutionResult, other: ExecutionResult) -> str | None:
    """Tell in what two answers differ, without a word of their content; None if in nothing.

    Of several errors below one place that is null anyway, graphql-core tells the one that came
    first, which is a matter of time: any of them will do.
    """
    written = [msgspec.json.encode(result.data) for result in (one, other)]
    if written[0] != written[1]:
        return "its data"
    data = msgspec.json.decode(written[0])
    found = [_places(result.errors or (), data) for result in (one, other)]
    if {place for place, _ in found[0]} != {place for place, _ in found[1]}:
        return "the places of its errors"
    exact = [{told for place, told in pairs if told[0] == place} for pairs in found]
    return "its errors" if exact[0] != exact[1] else None


def _places(errors: Sequence[GraphQLError], data: Any) -> list[tuple[Path | None, tuple[Any, ...]]]:
    """Return for each error the null that it has put, and of which place it says what."""
    found: list[tuple[Path | None, tuple[Any, ...]]] = []
    for error in errors:
        path = None if error.path is None else tuple(error.path)
        more = (str(error.locations), str(error.extensions), type(error.original_error))
        found.append((_null(path, data), (path, error.message, *more)))
    return found


def _null(path: Sequence[str | int] | None, data: Any) -> Path | None:
    """Return the place of the null that stands at a path or around it."""
    if path is None:
        return None
    for at, key in enumerate(path):
        if data is None:
            return tuple(path[:at])
        data = data[key]
    return tuple(path)
