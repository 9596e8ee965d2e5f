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

Judged = Callable[[Mapping[str, Any]], GraphQLError | None]
"""Tells, for variables as they came, why an operation is not to be run, if it is not."""


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
    ) -> Judged | None:
        """Return what judges an operation, for variables that are right; None lets it be run."""
        ...
