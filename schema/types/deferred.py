"""Attributes that are made when they are read first.

An object of a large answer has many parts, of which a query selects a few. Whoever reads the object
sees plain attributes of the very class that the graph has.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Generic, TypeVar

T = TypeVar("T")
W = TypeVar("W")

Makers = Mapping[str, Callable[[W], object]]
"""What makes an attribute, by its name."""

_SOURCE = "_made_of"
"""Where an object has what its other attributes are made of."""


class _Deferred:
    """Stands on the class where an attribute's default was; an object's own value hides it."""

    def __init__(self, name: str, default: object, make: Callable[[Any], object]) -> None:
        self._name = name
        self._default = default
        self._make = make

    def __get__(self, one: object, kind: object = None) -> Any:
        told = {} if one is None else one.__dict__
        if _SOURCE not in told:
            return self._default  # an object that was made whole
        value = told[self._name] = self._make(told[_SOURCE])
        return value


class Deferring(Generic[T, W]):
    """Makes objects of one type, some of whose attributes are made when they are read first.

    Args:
        kind: the type; each of these attributes has a default in it.
        makers: for each of these attributes, what makes it. It must not fail, and must make the
            same each time of the same.
    """

    def __init__(self, kind: type[T], makers: Makers[W]) -> None:
        self._kind = kind
        for name, make in makers.items():
            if isinstance(vars(kind).get(name), _Deferred):
                message = f"{kind.__name__}.{name} is made by another already"
                raise TypeError(message)
            setattr(kind, name, _Deferred(name, getattr(kind, name), make))

    def make(self, it: W, **told: Any) -> T:
        """Return an object.

        Args:
            it: what the other attributes are made of; never changed after.
            told: attributes that are made already; those that the type requires are among them.
        """
        one = object.__new__(self._kind)
        told[_SOURCE] = it
        one.__dict__ = told
        return one


@cache
def _names(kind: type) -> frozenset[str]:
    return frozenset({_SOURCE, *(one.name for one in fields(kind))})


def changed(one: T, **changes: Any) -> T:
    """Return a copy of an object with other values of some attributes; nothing is made for it."""
    kind = type(one)
    copy = object.__new__(kind)
    names = _names(kind)
    copy.__dict__ = {name: it for name, it in vars(one).items() if name in names} | changes
    return copy
