"""How stories alone can be asked for: by what is in their content, and in an order."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from gateway.sources.storyblok.sandbox.numbers import Resource
from gateway.sources.storyblok.sandbox.queries import texts

_CONDITION = re.compile(r"filter_query\[([A-Za-z0-9_]+)\]\[([a-z_]+)\]")

_OPERATIONS: dict[str, Callable[[Any, str], bool]] = {
    "in": lambda value, text: str(value) in texts(text),
    "not_in": lambda value, text: str(value) not in texts(text),
    "like": lambda value, text: _like(text).fullmatch(str(value)) is not None,
    "not_like": lambda value, text: _like(text).fullmatch(str(value)) is None,
    "is": lambda value, text: bool(value) is text.startswith("not_"),
}
"""The operations of `filter_query` that plain texts have; all others are passed over."""


def select(stories: list[Resource], params: Sequence[tuple[str, str]]) -> list[Resource]:
    """Return the stories that pass every `filter_query`, as `sort_by` orders them."""
    for name, text in params:
        found = _CONDITION.fullmatch(name)
        if found and found[2] in _OPERATIONS:
            passes, field = _OPERATIONS[found[2]], found[1]
            stories = [one for one in stories if passes(one["content"].get(field), text)]
    return _ordered(stories, dict(params).get("sort_by", ""))


def _like(text: str) -> re.Pattern[str]:
    """Read a text whose stars stand for anything."""
    return re.compile(".*".join(map(re.escape, text.split("*"))), re.IGNORECASE | re.DOTALL)


def _ordered(stories: list[Resource], sort_by: str) -> list[Resource]:
    """Sort by several fields such as `name:desc` or `content.title:asc`; nulls come last."""
    for part in reversed(texts(sort_by)):
        name, *words = part.split(":")
        keys = {one["id"]: _key(one, name) for one in stories}
        have = [one for one in stories if keys[one["id"]] is not None]
        have.sort(key=lambda one, keys=keys: keys[one["id"]], reverse="desc" in words)
        lack = [one for one in stories if keys[one["id"]] is None]
        stories = lack + have if "nulls_first" in words else have + lack
    return stories


def _key(story: Resource, name: str) -> Any:
    """Return what a story is sorted by, None for what cannot be sorted by."""
    content, _, field = name.partition(".")
    value = story["content"].get(field) if content == "content" and field else story.get(name)
    return value if isinstance(value, str | int | float) else None
