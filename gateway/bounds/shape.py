"""Measures a document: how deep it is and how much it selects, with fragments written out.

Each definition is walked once. What a fragment comes to is remembered, and added (which may be
often) wherever it is spread, so that fragments which double each other cost no more than others.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

_LARGEST = 10**9
"""No number grows beyond it: fragments that double each other would make numbers without end."""


class Shape(NamedTuple):
    """How much a definition has, fragments written out.

    Attributes:
        depth: fields inside fields.
        fields, aliases, directives: of these.
        roots: fields that are not inside others.
        told: fields that tell of the schema: `__schema`, `__type` and all inside, and a
            `__typename` that is not inside another field.
    """

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    roots: int = 0
    told: int = 0


class _Own:
    """What stands in one definition, and which fragments are spread in it at which depth."""

    def __init__(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> None:
        self.depth = self.fields = self.aliases = self.roots = self.told = 0
        self.directives = len(definition.directives or ()) + sum(
            len(one.directives or ()) for one in definition.variable_definitions or ()
        )
        self.spreads: list[tuple[str, int, bool]] = []
        open_sets = [(definition.selection_set, 0, False)]
        while open_sets:
            selected, depth, is_told = open_sets.pop()
            for selection in selected.selections:
                open_sets += self._add(selection, depth, is_told=is_told)

    def _add(
        self, selection: SelectionNode, depth: int, *, is_told: bool
    ) -> Iterator[tuple[SelectionSetNode, int, bool]]:
        """Count a selection; yield the selections inside, with what is known of their place."""
        self.directives += len(selection.directives or ())
        if isinstance(selection, FragmentSpreadNode):
            self.spreads.append((selection.name.value, depth, is_told))
            return
        if isinstance(selection, FieldNode):
            is_told = is_told or (depth == 0 and selection.name.value.startswith("__"))
            self.told += is_told
            self.fields += 1
            self.roots += depth == 0
            self.aliases += selection.alias is not None
            depth += 1
            self.depth = max(self.depth, depth)
        inside: SelectionSetNode | None = getattr(selection, "selection_set", None)
        if inside is not None:
            yield inside, depth, is_told


class Shapes:
    """Measures the operations of a document.

    Args:
        document: which may be invalid: a fragment that is not there, or spreads itself, is left to
            validation.

    Attributes:
        steps: fields and spreads that were looked at.
    """

    def __init__(self, document: DocumentNode) -> None:
        self._fragments: Mapping[str, FragmentDefinitionNode] = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self._known: dict[str, Shape] = {}
        self.steps = 0
        self._document = document

    def operations(self) -> list[Shape]:
        """Return what each operation comes to, in their order."""
        definitions = self._document.definitions
        return [self._of(one) for one in definitions if isinstance(one, OperationDefinitionNode)]

    def _of(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> Shape:
        own = _Own(definition)
        self.steps += own.fields + len(own.spreads)
        total = Shape(own.depth, own.fields, own.aliases, own.directives, own.roots, own.told)
        for name, depth, is_told in own.spreads:
            total = _joined(total, self._fragment(name), depth, is_told=is_told)
        return total

    def _fragment(self, name: str) -> Shape:
        known = self._known.get(name)
        if known is None:
            definition = self._fragments.get(name)
            self._known[name] = Shape()  # as long as it is looked at: it may spread itself
            known = self._known[name] = Shape() if definition is None else self._of(definition)
        return known


def _joined(one: Shape, spread: Shape, depth: int, *, is_told: bool) -> Shape:
    """Return what a definition comes to with a fragment that is spread in it at a depth."""
    return Shape(
        max(one.depth, depth + spread.depth),
        min(one.fields + spread.fields, _LARGEST),
        min(one.aliases + spread.aliases, _LARGEST),
        min(one.directives + spread.directives, _LARGEST),
        min(one.roots + spread.roots * (depth == 0), _LARGEST),
        min(one.told + (spread.fields if is_told else spread.told * (depth == 0)), _LARGEST),
    )
