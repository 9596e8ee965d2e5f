"""Reads trusted documents: files of operations, and manifests of them by id."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
from graphql import (
    FieldNode,
    GraphQLError,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    parse,
    print_ast,
    separate_operations,
    visit,
)

from gateway.http.persisted import name_of
from gateway.http.trusted import Listed, bare

_GRAPHQL = frozenset({".graphql", ".gql"})
_MANIFEST = ".json"
_KINDS = "*.graphql, *.gql, or a manifest of them in JSON"

Judge = Callable[[str], Sequence[GraphQLError]]

_Id = Annotated[str, msgspec.Meta(min_length=1)]


class BadDocumentError(Exception):
    """A document cannot be trusted; the message tells file, line and why."""


class _Operation(msgspec.Struct):
    id: _Id
    body: str


class _OfApollo(msgspec.Struct, tag_field="format", tag="apollo-persisted-query-manifest"):
    operations: list[_Operation]


class _Found(NamedTuple):
    """A document, where it stands, and the id that a manifest gives it."""

    text: str
    path: Path
    line: int = 1
    id: str | None = None


def read_documents(place: str, judge: Judge) -> Listed:
    """Return trusted documents.

    They are named by the SHA-256 of their text, of a file's also trimmed, and as manifests call
    them. Of a file of operations each may be asked for alone, and all with `__typename` where
    clients add it.

    Args:
        place: a file, or a folder with files at any depth; other kinds of files are passed over.
        judge: tells what is wrong with a document.

    Raises:
        BadDocumentError: for the first document that is not valid or cannot be read.
    """
    by_name: dict[str, str] = {}
    forms: set[str] = set()
    for found in _in(Path(place)):
        errors = judge(found.text)
        if errors:
            places = errors[0].locations
            # A manifest's documents are on one line each.
            line = found.line if found.id or not places else places[0].line
            raise _bad(found.path, line, errors[0].message)
        names = {name_of(text): text for text in (found.text, found.text.strip())}
        if found.id:
            names = {name_of(found.text): found.text, found.id: found.text}
        for name, text in names.items():
            if by_name.setdefault(name, text) != text:
                message = f"the id {name!r} is another document's"
                raise _bad(found.path, found.line, message)
        forms |= {bare(found.text)} if found.id else _forms(found.text)
    if not by_name:
        message = f"{place}: there is no document in it; it takes {_KINDS}"
        raise BadDocumentError(message)
    return Listed(by_name, forms)


def _bad(path: Path, line: int, why: str) -> BadDocumentError:
    return BadDocumentError(f"{path}:{line}: {why}")


def _in(place: Path) -> Iterator[_Found]:
    for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
        kind = path.suffix.lower()
        if kind not in {*_GRAPHQL, _MANIFEST} or path.is_dir():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise _bad(path, 1, str(error)) from None
        if kind in _GRAPHQL:
            yield _Found(text, path)
        else:
            yield from _listed(text, path)


def _listed(text: str, path: Path) -> Iterator[_Found]:
    """Yield a manifest's documents."""
    try:
        is_apollo = "format" in msgspec.json.decode(text, type=dict[str, Any])
        kind: Any = _OfApollo if is_apollo else dict[_Id, str]
        manifest: _OfApollo | dict[str, str] = msgspec.json.decode(text, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        message = f'this is no manifest of documents, such as {{"id": "{{ __typename }}"}}: {error}'
        raise _bad(path, _line_of_fault(text), message) from None
    rows = (
        ((one.id, one.body) for one in manifest.operations)
        if isinstance(manifest, _OfApollo)
        else manifest.items()
    )
    for key, document in rows:
        line = text.count("\n", 0, max(0, text.find(json.dumps(key, ensure_ascii=False)))) + 1
        if key.startswith("sha256:") and key != name_of(document):
            raise _bad(path, line, f"the id {key!r} is not its document's SHA-256")
        yield _Found(document, path, line, key)


def _line_of_fault(text: str) -> int:
    """Return where JSON ends to be some; the first line where it is whole."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno
    except RecursionError:
        pass
    return 1


class _WithTypename(Visitor):
    """Adds `__typename` at the end of every selection but an operation's own, as clients do."""

    def leave_selection_set(
        self, node: SelectionSetNode, _key: Any, parent: Any, *_: Any
    ) -> SelectionSetNode | None:
        names = (one.name.value for one in node.selections if isinstance(one, FieldNode))
        if isinstance(parent, OperationDefinitionNode) or any(n.startswith("__") for n in names):
            return None
        typename = FieldNode(name=NameNode(value="__typename"))
        return SelectionSetNode(selections=(*node.selections, typename))


def _forms(text: str) -> set[str]:
    """Return what clients make of a document: whole, and each operation with its fragments."""
    whole = parse(text)
    alone = separate_operations(whole).values()
    trees = [tree for one in (whole, *alone) for tree in (one, visit(one, _WithTypename()))]
    return {bare(print_ast(tree)) for tree in trees}
