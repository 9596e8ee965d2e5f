"""One operation of a document: what may be told of it before it is run, and its plans."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.values import VariableValues

from gateway.execution.judge import Judge, Judged
from gateway.execution.plan import Plan, Planner, Target
from gateway.execution.shadow import digest
from gateway.execution.variables import Variables
from gateway.execution.weight import Weight

_MOST_PLANS = 16
"""Plans of one operation, for as many values of the variables in @skip and @include."""

_LONGEST_TITLE = 100

_KNOWN_DIRECTIVES = frozenset({"skip", "include"})


class _Survey(Visitor):
    """Looks at everything in a definition, and adds it to what was seen in others."""

    def __init__(self, others: "_Survey | None" = None) -> None:
        super().__init__()
        self.names: set[str] = set(others.names) if others else set()
        self.switches: set[str] = set(others.switches) if others else set()
        self.is_plain: bool = others is None or others.is_plain

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.names.add(node.name.value)

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self.is_plain = self.is_plain and node.name.value in _KNOWN_DIRECTIVES
        values = (one.value for one in node.arguments or ())
        self.switches |= {one.name.value for one in values if isinstance(one, VariableNode)}

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        self.is_plain = self.is_plain and not node.variable_definitions


class Fragments:
    """The fragments of a document, looked at once for all its operations.

    Args:
        document: the document.

    Attributes:
        by_name: the fragments.
        survey: what is in them.
    """

    def __init__(self, document: DocumentNode) -> None:
        self.by_name: Mapping[str, FragmentDefinitionNode] = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self.survey = _Survey()
        for one in self.by_name.values():
            visit(one, self.survey)


class Operation:
    """One operation of a valid document.

    Args:
        target: the schema.
        document: the whole document.
        node: the operation.
        fragments: the document's.
        judge: tells what the operation costs, and why it is not to be run; None lets it be run.
        weight: the document's, to which plans are added; None where nobody wants to know.

    Attributes:
        hash: of the document's text, see `digest`.
        title: the begin of its name, for a log.
        type: query, mutation or subscription. kind: the word for it.
        names: of all fields in it, in fragments too, as the schema has them.
        can_be_planned: whether it is run by a plan: a query without introspection and without
            directives but @skip and @include.
        tells_of_schema: whether it asks for nothing else: no resolver is called.
        variables: that it takes.
        judged: tells, for variables as they came, what it costs or why it is not to be run; where
            it always is, what it costs at most.
    """

    def __init__(
        self,
        target: Target,
        document: DocumentNode,
        node: OperationDefinitionNode,
        fragments: Fragments,
        judge: Judge | None = None,
        weight: Weight | None = None,
    ) -> None:
        self.document = document
        self.hash = digest(document)
        self.name = node.name.value if node.name else None
        self.title = self.name and self.name[:_LONGEST_TITLE]
        self.type: OperationType = node.operation
        self.kind: str = node.operation.value
        self._target = target
        self._weight = weight
        self._node = node
        self._fragments = fragments.by_name
        survey = _Survey(fragments.survey)
        visit(node, survey)
        self.names = frozenset(survey.names)
        self._switches = sorted(survey.switches)
        self._plans: OrderedDict[tuple[Any, ...], Plan] = OrderedDict()
        is_query = node.operation is OperationType.QUERY
        self.can_be_planned = (
            is_query and survey.is_plain and self.names.isdisjoint({"__schema", "__type"})
        )
        root = list(_fields(node.selection_set, self._fragments))
        self.tells_of_schema = is_query and all(one.startswith("__") for one in root)
        self.variables = Variables(
            target.schema, node.variable_definitions or (), suggests=not target.is_discreet
        )
        self.judged: Judged | int = (
            0 if judge is None else judge.operation(target.schema, node, fragments.by_name)
        )

    def plan(self, variables: dict[str, Any]) -> Plan | None:
        """Return the plan for coerced variables, made when it is first asked for.

        Returns:
            None where there is none, and graphql-core has words for why: selections are nested too
            deeply, or null was given to @skip or @include.
        """
        place = tuple(variables.get(name) for name in self._switches)
        plan = self._plans.get(place)
        if plan is None and None not in place:
            with suppress(RecursionError):
                values = VariableValues({}, variables)
                plan = self._planned(values)
                self._plans[place] = plan
            if len(self._plans) > _MOST_PLANS:
                self._plans.popitem(last=False)
        return plan

    def _planned(self, values: VariableValues) -> Plan:
        planner = Planner(self._target, self._node, self._fragments, values, self._weight)
        return Plan(planner)


def _fields(
    selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[str]:
    """Yield the names of the fields of a selection, those in fragments too."""
    for one in selected.selections:
        if isinstance(one, FieldNode):
            yield one.name.value
        elif isinstance(one, FragmentSpreadNode):
            yield from _fields(fragments[one.name.value].selection_set, fragments)
        elif isinstance(one, InlineFragmentNode):
            yield from _fields(one.selection_set, fragments)


def operations(
    target: Target,
    document: DocumentNode,
    judge: Judge | None = None,
    weight: Weight | None = None,
) -> Iterator[Operation]:
    """Yield the operations of a valid document."""
    fragments = Fragments(document)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            yield Operation(target, document, node, fragments, judge, weight)
