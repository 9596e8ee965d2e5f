"""Draws queries of a schema, and values for their variables."""

import json
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_union_type,
)

from tests.execution.dice import Dice

_TEXTS = {"String": "t", "ID": "i", "Odd": "o", "JSON": "j"}


class Variable(NamedTuple):
    """A variable of a query.

    Attributes:
        type: graphql-core's. told: as the query has it, with its default.
        is_switch: whether @skip or @include takes it.
    """

    type: Any
    told: str
    is_switch: bool


class Drawn(NamedTuple):
    """A query.

    Attributes:
        text: the document. variables: which it takes, by name.
    """

    text: str
    variables: dict[str, Variable]

    def values(self, dice: Dice) -> dict[str, Any]:
        """Draw values; some are left out, some are null, and few are wrong."""
        found: dict[str, Any] = {}
        for name, one in self.variables.items():
            type_, _, default = one.told.partition(" = ")
            is_free, drawn = not type_.endswith("!"), dice.random()
            if drawn < 0.25 and (default or is_free):
                continue
            is_null = is_free and not one.is_switch and drawn < 0.35  # a switch is told elsewhere
            found[name] = None if is_null else _item(one.type, dice)
        if found and dice.random() < 0.04:
            found[dice.choice(list(found))] = dice.choice([2**40, "wrong", [None], {"a": 1}, 1.5])
        return found


def value(type_: Any, dice: Dice) -> Any:
    """Draw an input, as JSON has it."""
    if is_non_null_type(type_):
        return value(type_.of_type, dice)
    if dice.random() < 0.1:
        return None if not is_list_type(type_) else []
    if is_list_type(type_):
        return [_item(type_.of_type, dice) for _ in range(dice.randint(0, 3))]
    if isinstance(type_, GraphQLEnumType):
        return dice.choice(list(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        return _input(type_, dice)
    number = dice.randint(-3, 3)
    return {
        "Int": number,
        "Float": dice.choice([number, number / 2]),
        "Boolean": dice.random() < 0.5,
        "DateTime": f"2026-01-0{number % 9 + 1}T00:00:00+00:00",
    }.get(type_.name, f"{_TEXTS.get(type_.name, 'x')}{number}")


def _item(type_: Any, dice: Dice) -> Any:
    found = value(type_, dice)
    while found is None and is_non_null_type(type_):
        found = value(type_, dice)
    return found


def _input(type_: GraphQLInputObjectType, dice: Dice) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, one in type_.fields.items():
        must = is_non_null_type(one.type) and one.default is None
        if name != "inner" and (must or dice.random() < 0.5):
            found[name] = _item(one.type, dice)
    return found


def literal(found: Any, type_: Any) -> str:
    """Write an input as GraphQL has it."""
    named = get_nullable_type(type_)
    if found is None:
        return "null"
    if is_list_type(named):
        return "[" + ", ".join(literal(one, named.of_type) for one in found) + "]"
    if isinstance(named, GraphQLEnumType):
        return found
    if isinstance(named, GraphQLInputObjectType):
        pairs = (f"{name}: {literal(one, named.fields[name].type)}" for name, one in found.items())
        return "{" + ", ".join(pairs) + "}"
    return json.dumps(found)


class Pen:
    """Writes one query.

    Args:
        schema: whose.
        dice: what it is drawn with.
    """

    def __init__(self, schema: GraphQLSchema, dice: Dice) -> None:
        self._schema = schema
        self._dice = dice
        self._variables: dict[str, Variable] = {}
        self._fragments: list[str] = []
        self._aliases = 0
        self._left = dice.choice([4, 8, 12, 24])

    def query(self) -> Drawn:
        """Draw one."""
        body = self._selection(self._schema.query_type, self._dice.choice([1, 2, 2, 3, 3]))
        told = ", ".join(f"${name}: {one.told}" for name, one in self._variables.items())
        head = f"query Q({told})" if told else "query Q"
        return Drawn(" ".join([head, body, *self._fragments]), self._variables)

    def _selection(self, type_: Any, depth: int) -> str:
        dice, parts = self._dice, list[str]()
        if dice.random() < 0.3:
            parts.append(dice.choice(["__typename", f"{self._alias()}: __typename"]))
        fields = {} if is_union_type(type_) else type_.fields
        share = 0.25 if type_ is self._schema.query_type else 0.5
        for name, one in dice.sample(list(fields.items()), len(fields)):
            if dice.random() < share:
                parts += self._field(name, one, depth)
        if is_abstract_type(type_):
            for one in self._schema.get_possible_types(type_):
                if dice.random() < 0.7 and depth >= 0:
                    parts.append(
                        f"... on {one.name}{self._switch()} {self._selection(one, depth - 1)}"
                    )
        elif dice.random() < 0.25 and depth > 0:
            parts.append(self._spread(type_, depth))
        parts = dice.sample(parts, len(parts))
        return "{ " + " ".join(parts or ["__typename"]) + " }"

    def _spread(self, type_: Any, depth: int) -> str:
        """Select by a fragment: a named one, at times in two places, or one in place."""
        body = self._selection(type_, depth - 1)
        if self._dice.random() < 0.3:
            return f"...{self._switch()} {body}"
        name = f"F{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {type_.name} {body}")
        again = f" ...{name}" if self._dice.random() < 0.3 else ""
        return f"...{name}{self._switch()}{again}"

    def _field(self, name: str, one: GraphQLField, depth: int) -> list[str]:
        dice = self._dice
        named = get_named_type(one.type)
        self._left -= 1
        if self._left < 0 or (not is_leaf_type(named) and depth <= 0):
            return []
        # What is selected with arguments has a name of its own, so that no two of them clash.
        alias = f"{self._alias()}: " if one.args or dice.random() < 0.15 else ""
        head = f"{alias}{name}{self._arguments(one)}"
        written: list[str] = []
        for _ in range(dice.choice([1, 1, 1, 1, 2])):  # the second is merged with the first
            body = "" if is_leaf_type(named) else " " + self._selection(named, depth - 1)
            written.append(f"{head}{self._switch()}{body}")
        return written

    def _alias(self) -> str:
        self._aliases += 1
        return f"k{self._aliases}"

    def _switch(self) -> str:
        dice = self._dice
        if dice.random() > 0.12:
            return ""
        if dice.random() < 0.6:
            told = dice.choice(["Boolean!", "Boolean = true"])
            asked = "$" + self._variable(GraphQLNonNull(GraphQLBoolean), told, is_switch=True)
        else:
            asked = dice.choice(["true", "false"])
        return f" @{dice.choice(['skip', 'include'])}(if: {asked})"

    def _arguments(self, field: GraphQLField) -> str:
        dice, parts = self._dice, list[str]()
        for name, one in field.args.items():
            must = is_non_null_type(one.type) and one.default is None
            if not must and dice.random() < 0.4:
                continue
            if dice.random() < 0.5:
                parts.append(f"{name}: ${self._variable(one.type, self._told(one))}")
            else:
                told = literal(_item(one.type, dice), one.type)
                if told != "null" or not one.extensions["strawberry-definition"].is_maybe:
                    parts.append(f"{name}: {told}")
        return f"({', '.join(parts)})" if parts else ""

    def _told(self, argument: Any) -> str:
        """Return how a variable for an argument is told: its type, and at times a default."""
        dice, type_ = self._dice, argument.type
        if is_non_null_type(type_):
            if dice.random() < 0.3 and not isinstance(type_.of_type, GraphQLInputObjectType):
                return f"{type_.of_type} = {literal(_item(type_, dice), type_)}"
            return str(type_)
        drawn = dice.random()
        if drawn < 0.2:
            return f"{type_}!"
        if drawn < 0.5:
            return f"{type_} = {literal(value(type_, dice), type_)}"
        return str(type_)

    def _variable(self, type_: Any, told: str, *, is_switch: bool = False) -> str:
        name = f"v{len(self._variables)}"
        self._variables[name] = Variable(type_, told, is_switch)
        return name
