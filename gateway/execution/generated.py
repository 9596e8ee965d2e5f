"""Functions of generated code: each text is compiled once, for all plans that come to it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

_MOST = 500
"""Texts that are kept compiled: the same few fields are read of the same types again and again."""

_LONGEST = 4000
"""Letters of a text that is kept."""

_SPACE: dict[str, Any] = {}
"""The globals of all: what they use is handed in, so that none of them holds itself."""


def function(head: str, *lines: str, names: Mapping[str, Any]) -> Callable[..., Any]:
    """Return a function.

    Args:
        head: its name and parameters.
        lines: what it does; made of what the schema and the parser know to be names.
        names: what it uses.
    """
    body = "".join(f"\n  {line}" for line in lines)
    text = f"def make({', '.join(names)}):\n def {head}:{body}\n return {head.partition('(')[0]}"
    make = _compiled(text) if len(text) <= _LONGEST else _compiled.__wrapped__(text)
    return make(*names.values())


@lru_cache(_MOST)
def _compiled(text: str) -> Callable[..., Any]:
    made: dict[str, Any] = {}
    exec(text, _SPACE, made)  # noqa: S102 - of keys and attributes, each quoted or a name
    return made["make"]
