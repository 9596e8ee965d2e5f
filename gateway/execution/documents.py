"""Documents that were parsed and found valid, kept by their text."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from graphql import GraphQLError

from gateway.execution.judge import Judge
from gateway.execution.operation import Operation, operations
from gateway.execution.parsing import parse
from gateway.execution.plan import Target
from gateway.execution.validation import Validator
from gateway.execution.weight import Weight

_MOST_LETTERS = 4_000_000
"""Letters of all documents that are kept: strangers may send any number of them."""

_LONGEST = 100_000
"""Letters of a document that is kept: one alone would drive out all others."""

_MOST_BYTES = 32_000_000
"""Bytes of all documents that are kept, their plans among them."""

_HEAVIEST = 4_000_000
"""Bytes of a document that is kept: most take 20,000, plans for many variables far more."""


class Document(NamedTuple):
    """What became of a text.

    Attributes:
        operations: all of them, in order; none where the text is not valid.
        errors: what is wrong with it.
        weight: what it takes; None where there are errors.
    """

    operations: Sequence[Operation]
    errors: Sequence[GraphQLError] = ()
    weight: Weight | None = None

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
        self._bytes = 0
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
        weight = document.weight
        if weight is not None and len(text) <= _LONGEST:
            self._keep(text, document, weight)
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
            weight = Weight(text, parsed.token_count)
            return Document(list(operations(self._target, parsed, judge, weight)), (), weight)
        except GraphQLError as error:
            return Document((), [error])
        except RecursionError:
            return Document((), [GraphQLError("The document is nested too deeply.")])

    def _keep(self, text: str, document: Document, weight: Weight) -> None:
        self._kept[text] = document
        self._letters += len(text)
        self._bytes += weight.bytes
        weight.told = partial(self._grew, text, weight)
        self._trim()

    def _grew(self, text: str, weight: Weight, more: int) -> None:
        """Count the bytes that a document that is kept has grown by, and let go what must."""
        self._bytes += more
        if weight.bytes > _HEAVIEST:
            self._forget(text)
        self._trim()

    def _trim(self) -> None:
        while (
            len(self._kept) > self._most
            or self._letters > _MOST_LETTERS
            or self._bytes > _MOST_BYTES
        ):
            self._forget(next(iter(self._kept)))

    def _forget(self, text: str) -> None:
        gone = self._kept.pop(text).weight
        self._letters -= len(text)
        if gone is not None:
            self._bytes -= gone.bytes
            gone.told = None
