"""The table of reads has every call that there is: walked off the functions that make them."""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, get_args, get_origin, get_type_hints

from gateway.adapter import StageAsk
from gateway.sources.devrev.calls_references import LISTS
from gateway.upstream.call import Call
from schema.types.reference import ReferenceKind
from schema.types.source import Source
from tests.http.reads import READS

MODULES = [
    *(f"gateway.sources.{source.value}.calls" for source in Source),
    "gateway.sources.devrev.calls_references",
]

FOR_CHECK_ALONE = {
    ("devrev", "POST", "/dev-users.self"),
    ("storyblok", "GET", "/v1/spaces/{space_id}"),
}
"""Made by `stagegraph check`, and by no query."""

ANY: Mapping[Any, Sequence[Any]] = {
    str: ["1"],
    int: [1],
    bool: [True, False],
    type(None): [None],
    StageAsk: [StageAsk()],
    ReferenceKind: list(LISTS),
}


def values(kind: Any) -> list[Any] | None:
    """Return some values of a type; None if it is of another's making, such as a call or a page."""
    if kind in ANY:
        return list(ANY[kind])
    origin = get_origin(kind)
    if origin is Sequence:
        return [["1"]]
    if origin is Mapping:
        return [{}]
    if origin is not None and type(None) in get_args(kind):
        return [None, *(values(get_args(kind)[0]) or [])]
    return None


def made(function: Callable[..., Any]) -> Iterator[Call[Any]]:
    """Yield what a function makes, if it makes calls of plain values."""
    hints = get_type_hints(function)
    if get_origin(hints.pop("return", None)) is not Call:
        return
    given = [values(kind) for kind in hints.values()]
    for some in product(*(one or [] for one in given)):
        yield function(**dict(zip(hints, some, strict=True)))


def test_every_read_that_a_source_can_make_is_in_the_table() -> None:
    found: set[tuple[str, str, str]] = set()
    for name in MODULES:
        module = importlib.import_module(name)
        for _, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == name:
                source = name.split(".")[2]
                found |= {(source, one.method, one.route) for one in made(function) if one.is_safe}
    assert found - FOR_CHECK_ALONE == {(one.source.value, *one.call) for one in READS}
    assert found >= FOR_CHECK_ALONE
