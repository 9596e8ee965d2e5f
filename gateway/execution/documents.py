"""Documents that were parsed and found valid, kept by their text."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from graphql import GraphQLError

from gateway.execution.judge import Judge
from gateway.execution.operation import Operation, operations
from gateway.execution.parsing import parse
from gateway.execution.plan import Target
from gateway.execution.validation import Validator

_MOST_LETTERS = 4_000_000
"""Letters of all documents that are kept: strangers may send any number of them."""

_LONGEST = 100_000
"""Letters of a document that is kept: one alone would drive out all others."""


class Document(NamedTuple):
    """What became of a text.

    Attributes:
        operations: all of them, in order; none where the text is not valid.
        errors: what is wrong with it.
    """

    operations: Sequence[Operation]
    errors: Sequence[GraphQLError] = ()

    def operation(self, name: str | None) -> Operation | None:
        """Return the operation of a name, or the only one; None where there is none such."""
        if name is None:
            return self.operations[0] if len(self.operations) == 1 else None
        return next((one for one in self.operations if one.name == name), None)


class Documents:
    """Reads documents, each once as long as it is kept.

    Args:
        target: the schema that they are for.
        most: documents that are kept.
        judge: refuses what would cost too much; None refuses nothing.
    """

    def __init__(self, target: Target, most: int = 1000, judge: Judge | None = None) -> None:
        self._target = target
        self._most = most
        self._letters = 0
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._judge = judge
        self._validator = Validator(target)

    def read(self, text: str) -> Document:
        """Return a document."""
        known = self._kept.get(text)
        if known is not None:
            self._kept.move_to_end(text)
            return known
        document = self._read(text)
        if not document.errors and len(text) <= _LONGEST:
            self._keep(text, document)
        return document

    def _read(self, text: str) -> Document:
        judge = self._judge
        refused = None if judge is None else judge.text(text)
        if refused is not None:
            return Document((), [refused])
        try:
            parsed = parse(text)
            costly = () if judge is None else judge.document(parsed)
            errors = costly or self._validator.errors(parsed)
            if errors:
                return Document((), errors)
            return Document(list(operations(self._target, parsed, judge)))
        except GraphQLError as error:
            return Document((), [error])
        except RecursionError:
            return Document((), [GraphQLError("The document is nested too deeply.")])

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._letters += len(text)
        while len(self._kept) > self._most or self._letters > _MOST_LETTERS:
            gone, _ = self._kept.popitem(last=False)
            self._letters -= len(gone)
