"""What the models of the vendors share: one random write, and what is to be read afterwards."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.http.asking import Row, State

REFUSED = frozenset({"VALIDATION"})
MISSING = frozenset({"NOT_FOUND"})
FORBIDDEN = frozenset({"FORBIDDEN"})

Switches = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One write, judged by a model.

    Attributes:
        mutation: its name.
        input: its input.
        shown: the selection of the payload's object, "" where there is none to select.
        field: the payload's field of the object.
        codes: what its errors may be, one of them at least; empty if it is to be done.
        done: makes the model follow; takes the payload's object and returns what that is to be.
    """

    mutation: str
    input: Row
    field: str
    shown: str = ""
    codes: frozenset[str] = frozenset()
    done: Callable[[Any], Any] = field(default=lambda shown: shown)


@dataclass(frozen=True, kw_only=True)
class Look:
    """One read: a query, and what its data is to be."""

    query: str
    want: Row


class Model(ABC):
    """A vendor's objects and rules, in plain data.

    Attributes:
        positions: the switches that the model knows, by name, with their positions.
    """

    positions: Mapping[str, Sequence[str]] = {}

    @abstractmethod
    def __init__(self, state: State, switches: Switches) -> None: ...

    @abstractmethod
    def step(self, chance: Random) -> Step | None:
        """Draw a write; None if there is nothing to write to."""

    @abstractmethod
    def looks(self, chance: Random) -> Sequence[Look]:
        """Return what is read after each write."""


def some(chance: Random, row: Row, share: float = 0.5) -> Row:
    """Return some fields of an input."""
    return {name: value for name, value in row.items() if chance.random() < share}


def pick(chance: Random, rows: Sequence[Any]) -> Any:
    """Return one of some, None of none."""
    return chance.choice(rows) if rows else None


def text(ids: Sequence[str]) -> str:
    """Write a list of ids as a query has it."""
    return "[" + ", ".join(f'"{one}"' for one in ids) + "]"


NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Épsilon", "zeta", "Eta", "Theta \U0001f680", "I, J")
