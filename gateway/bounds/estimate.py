"""Estimates what an operation costs, by the prices that the graph's fields have.

The operation is walked once, to a tree of what has a price. The tree is counted once for all values
of the variables that prices depend on, as far as those can be remembered.
"""
# graphql-core's generics are told in part only.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from gateway.bounds.given import Given, defaults_of
from schema.costs import COST, MOST, UNKNOWN, Cost, Price, in_page, nothing

Fragments = Mapping[str, FragmentDefinitionNode]

_FEW = 3
"""About so many rows are in a list without a price, such as a work's owners or tags."""

_LONGEST_KNOWN = 1000
"""Letters of the values that an estimate is remembered for."""

_ABSENT = object()

_encode = msgspec.json.Encoder().encode

_MOST_KNOWN, _MOST_LETTERS = 64, 4000
"""Estimates of one operation that are remembered, and letters of the values that they are for."""


class Estimate(NamedTuple):
    """What an operation costs at most, as far as can be told beforehand.

    Attributes:
        calls: upstream, of a cold gateway.
        values: in the answer, about.
    """

    calls: int
    values: int


class _Field(NamedTuple):
    """A field that has a price, or holds some that have.

    Attributes:
        price: what it costs.
        given: makes its arguments of the variables; None where it takes none.
        is_page: whether its rows are those of a page that it holds.
        width: values in it, for each row.
        inside: what has a price in it.
    """

    price: Price = nothing
    given: Given | None = None
    is_page: bool = False
    width: int = 0
    inside: "list[_Field]" = []


class Estimator:
    """Counts one operation.

    Args:
        schema: whose fields have prices.
        operation: which is valid.
        fragments: of its document.
    """

    def __init__(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._defaults = defaults_of(operation.variable_definitions or ())
        self._names: dict[str, None] = {}
        self._known: dict[Hashable, Estimate] = {}
        self._letters = 0
        root = schema.get_root_type(operation.operation)
        width, inside = self._selected(operation.selection_set, root)
        self._root = _Field(width=width, inside=inside)

    def __call__(self, variables: Mapping[str, Any]) -> Estimate:
        """Return what the operation costs for variables, as they came."""
        place = tuple([variables.get(name, _ABSENT) for name in self._names])
        try:
            return self._known[place]
        except KeyError:
            letters = sum([len(one) for one in place if isinstance(one, str)])
            return self._remembered(place, variables, letters)
        except TypeError:  # of lists and objects
            return self._of_many(variables)

    def at_most(self) -> Estimate | None:
        """Return what the operation costs at most for any variables; None if they decide it."""
        root = _at_most(self._root)
        return None if root is None else self._count({}, root)

    def _of_many(self, variables: Mapping[str, Any]) -> Estimate:
        """Return the estimate for variables that are lists or objects, by their text if short."""
        place = _encode([variables[name] for name in self._names if name in variables])
        names = tuple([name in variables for name in self._names])
        found = self._known.get((place, names))
        if found is not None:
            return found
        return self._remembered((place, names), variables, len(place))

    def _remembered(self, place: Hashable, variables: Mapping[str, Any], letters: int) -> Estimate:
        """Return the estimate, which is remembered if it is for few letters."""
        if letters > _LONGEST_KNOWN:
            return self._count(variables)
        self._letters += letters
        if len(self._known) >= _MOST_KNOWN or self._letters > _MOST_LETTERS:
            self._known.clear()
            self._letters = letters
        found = self._known[place] = self._count(variables)
        return found

    def _count(self, variables: Mapping[str, Any], root: _Field | None = None) -> Estimate:
        lists: dict[str, int] = {}
        calls, values = _counted(root or self._root, _Rows(1, 1, 1), variables, lists)
        return Estimate(calls + sum(lists.values()), values)

    def _selected(self, selected: SelectionSetNode, parent: Any) -> tuple[int, list[_Field]]:
        """Return the values that a selection has for each parent, and what has a price in it."""
        width, inside = 0, list[_Field]()
        for node, type_ in self._fields(selected, parent):
            width += 1
            definition = self._schema.get_field(type_, node.name.value)
            if definition is None or node.name.value.startswith("__"):
                continue  # what is told of the schema is at hand
            field = self._field(node, definition)
            if field.price is nothing and not field.inside:
                width += field.width
            else:
                inside.append(field)
        return width, inside

    def _fields(self, selected: SelectionSetNode, parent: Any) -> Iterator[tuple[FieldNode, Any]]:
        """Yield the fields of a selection with the type that they are selected of."""
        for node in selected.selections:
            if isinstance(node, FieldNode):
                yield node, parent
                continue
            fragment = (
                self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            )
            if not isinstance(fragment, InlineFragmentNode | FragmentDefinitionNode):
                continue
            condition = fragment.type_condition
            type_ = parent if condition is None else self._schema.type_map[condition.name.value]
            yield from self._fields(fragment.selection_set, type_)

    def _field(self, node: FieldNode, definition: GraphQLField) -> _Field:
        price = _price(definition)
        given = Given(node, self._defaults) if node.arguments and price is not nothing else None
        if given is not None:
            self._names.update(dict.fromkeys(given.names))
        if node.selection_set is None:
            return _Field(price, given)
        named: Any = get_named_type(definition.type)
        fields: Mapping[str, GraphQLField] = getattr(named, "fields", {})
        is_page = any(_price(one) is in_page for one in fields.values())
        return _Field(price, given, is_page, *self._selected(node.selection_set, named))


def _price(definition: GraphQLField) -> Price:
    """Return a field's price; that of a list which has none is of the rows in it."""
    own = (definition.extensions or {}).get("strawberry-definition")
    told = None if own is None else own.metadata.get(COST)
    if told is not None:
        return told
    type_: Any = definition.type
    inner = type_.of_type if is_non_null_type(type_) else type_
    is_long = is_list_type(inner) and not is_leaf_type(get_named_type(inner))
    return _plain_list if is_long else nothing


def _plain_list(_given: Mapping[str, Any], _parents: int) -> Cost:
    return Cost(0, UNKNOWN)


def _at_most(field: _Field) -> _Field | None:
    """Return a field at the price that it has at most, None if that depends on variables."""
    if field.given is not None and field.given.names:
        most = MOST.get(field.price)
        if most is None:
            return None
        field = field._replace(price=_times(most), given=None)
    inside = [_at_most(one) for one in field.inside]
    some = [one for one in inside if one is not None]
    return field._replace(inside=some) if len(some) == len(inside) else None


def _times(each: Cost) -> Price:
    return lambda _given, parents: each._replace(calls=each.calls * parents)


class _Rows(NamedTuple):
    """Where a field is selected.

    Attributes:
        most: objects, of which each may cost calls.
        about: objects, to tell the size of an answer.
        page: rows of the page that each of them is.
    """

    most: int
    about: int
    page: int


def _counted(
    field: _Field, parents: _Rows, variables: Mapping[str, Any], lists: dict[str, int]
) -> tuple[int, int]:
    """Return the calls and the values of a field.

    Args:
        field: which.
        parents: that it is selected of.
        variables: as they came.
        lists: told of the calls for lists that several fields share.
    """
    given = {} if field.given is None else field.given(variables)
    calls, each, name = field.price(given, parents.most)
    if name:
        lists[name] = max(calls, lists.get(name, 0))
        calls = 0
    each = parents.page if field.price is in_page else each
    few = _FEW if field.price is _plain_list else each
    rows = (
        parents._replace(page=each)
        if field.is_page
        else _Rows(parents.most * each, parents.about * few, 1)
    )
    values = rows.about * field.width
    for one in field.inside if rows.most else ():
        more, wider = _counted(one, rows, variables, lists)
        calls += more
        values += wider
    return calls, values
