"""What may refuse to have a document read, or an operation run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
)

Judged = Callable[[Mapping[str, Any]], int | GraphQLError]
"""Tells, for variables as they came, what an operation costs, or why it is not to be run."""


class Judge(Protocol):
    """Refuses what would cost too much, before each step that it would cost."""

    def text(self, text: str) -> GraphQLError | None:
        """Return why a text is not to be parsed, if it is not."""
        ...

    def document(self, document: DocumentNode) -> Sequence[GraphQLError]:
        """Return why a document is not to be validated, if it is not."""
        ...

    def operation(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> Judged | int:
        """Return what judges an operation, for variables that are right.

        Or what it costs, if it is to be run for any.
        """
        ...
