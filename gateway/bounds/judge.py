"""Judges documents before they are validated, and operations before they are run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
)

from gateway.bounds.estimate import Estimator, Fragments
from gateway.bounds.limits import Limits, excess
from gateway.bounds.shape import Shape, Shapes
from gateway.bounds.tokens import count_lines, count_tokens

_MOST_OPERATIONS = 50
"""Operations of one document: each is validated with all the fragments that it spreads."""

_MOST_TOLD = 30
"""Fields that tell of the schema, beside others in one operation.

Without others they are read in a thread: the whole schema takes 50 ms.
"""

_MIXED = (
    "An operation asks for the schema by {} fields and for something else too; more can be asked "
    "for by an operation of its own"
)


class Judge:
    """Finds what is over the bounds.

    Args:
        limits: the bounds.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def text(self, text: str) -> GraphQLError | None:
        """Return what is wrong with a text that nobody has read yet, None if nothing is."""
        allowed = self._limits.tokens
        tokens = count_tokens(text)
        if tokens > allowed:
            words = "The document has {} tokens, comments and long ones' pieces among them"
            return excess("tokens", words, allowed=allowed, requested=tokens)
        lines = count_lines(text)
        if lines > allowed:
            return excess("tokens", "The document has {} lines", allowed=allowed, requested=lines)
        return None

    def document(self, document: DocumentNode) -> Sequence[GraphQLError]:
        """Return all that is wrong with a document that nobody has validated yet."""
        allowed = self._limits.fragments
        fragments = sum(isinstance(one, FragmentDefinitionNode) for one in document.definitions)
        if fragments > allowed:
            words = "The document defines {} fragments"
            return [excess("fragments", words, allowed=allowed, requested=fragments)]
        return list(self._wrong(Shapes(document).operations()))

    def operation(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments
    ) -> Callable[[Mapping[str, Any]], int | GraphQLError] | int:
        """Return what judges a valid operation, for variables as they came.

        It tells the calls that it may take, or why it is not to be run. If it is to be run for any
        variables, it is the most calls.
        """
        estimate = Estimator(schema, operation, fragments)
        most_calls, most_values = self._limits.cost, self._limits.values
        most = estimate.at_most()
        if most is not None and most.calls <= most_calls and most.values <= most_values:
            return most.calls

        def judged(variables: Mapping[str, Any]) -> int | GraphQLError:
            calls, values = estimate(variables)
            if calls > most_calls:
                words = "The operation may take {} upstream calls"
                return excess("cost", words, allowed=most_calls, requested=calls)
            if values > most_values:
                words = "The answer may have {} values"
                return excess("values", words, allowed=most_values, requested=values)
            return calls

        return judged

    def _wrong(self, found: Sequence[Shape]) -> Iterator[GraphQLError]:
        limits = self._limits
        deepest = max((one.depth for one in found), default=0)
        aliases = max((one.aliases for one in found), default=0)
        directives = max((one.directives for one in found), default=0)
        roots = max((one.roots for one in found), default=0)
        mixed = max((one.told for one in found if one.told < one.fields), default=0)
        fields = sum(one.fields for one in found)
        for bound, words, allowed, requested in (
            ("depth", "Fields are selected inside fields {} deep", limits.depth, deepest),
            ("aliases", "An operation has {} aliases", limits.aliases, aliases),
            ("directives", "An operation has {} directives", limits.directives, directives),
            ("rootFields", "An operation has {} root fields", limits.root_fields, roots),
            ("operations", "The document has {} operations", _MOST_OPERATIONS, len(found)),
            ("introspection", _MIXED, _MOST_TOLD, mixed),
            ("tokens", "With fragments written out there are {} fields", limits.tokens, fields),
        ):
            if requested > allowed:
                yield excess(bound, words, allowed=allowed, requested=requested)
