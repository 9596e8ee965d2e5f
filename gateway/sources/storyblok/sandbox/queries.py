"""Storyblok's query parameters over plain objects.

The vendor documents no refusal of a bad parameter but of activities: unknown ones are passed over,
a text that is no id or no time matches nothing, and a page that makes no sense is the first.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from gateway.sources.storyblok.sandbox.numbers import Resource

Test = Callable[[Resource, str], bool]
"""Tells whether an object passes a parameter's text."""

_DEFAULT_ROWS = 25
_MOST_ROWS = 100
CAP = 25
"""Ids that `by_ids` looks at, where it is capped."""


class Page(NamedTuple):
    """Which part of a list is asked for; pages count from 1."""

    number: int
    rows: int

    def of(self, things: list[Resource]) -> list[Resource]:
        """Return the part."""
        return things[(self.number - 1) * self.rows : self.number * self.rows]


def texts(text: str) -> list[str]:
    """Read a list with commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def among(name: str) -> Test:
    """Test a number against a list."""
    return lambda thing, text: str(thing[name]) in texts(text)


def other_than(name: str) -> Test:
    """Test a number against the one that is left out."""
    return lambda thing, text: str(thing[name]) != text.strip()


def yes_or_no(name: str) -> Test:
    """Test a boolean."""
    return lambda thing, text: thing[name] is is_true(text)


def any_of(name: str) -> Test:
    """Test a list of texts against another, having one in common."""
    return lambda thing, text: not set(texts(text)).isdisjoint(thing[name])


def search(*names: str) -> Test:
    """Search loosely in some texts, which may stand in the object's user."""

    def test(thing: Resource, text: str) -> bool:
        places: tuple[Resource, Resource] = (thing, thing.get("user") or {})
        found = [str(place[name]) for place in places for name in names if place.get(name)]
        return any(text.strip().casefold() in one.casefold() for one in found)

    return test


def like(name: str) -> Test:
    """Search a text within another, in any case."""
    return lambda thing, text: text.strip().casefold() in thing[name].casefold()


def since(name: str) -> Test:
    """Test a time against the first that is wanted; a day stands for its midnight."""

    def test(thing: Resource, text: str) -> bool:
        first, time = time_of(text), time_of(thing[name] or "")
        return first is not None and time is not None and time >= first

    return test


def until(name: str) -> Test:
    """Test a time against the last that is wanted; a day stands for its end."""

    def test(thing: Resource, text: str) -> bool:
        last, time = time_of(text), time_of(thing[name] or "")
        if last is None or time is None:
            return False
        is_day = len(text.strip()) == len("2025-01-31")
        return time - timedelta(days=1) < last if is_day else time <= last

    return test


def time_of(text: str) -> datetime | None:
    """Read a time or a day, in UTC where it does not tell; None for what is neither."""
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def starts_with(name: str) -> Test:
    """Test how a text starts."""
    return lambda thing, text: thing[name].startswith(text.strip())


def staged_in(story: Resource, text: str) -> bool:
    """Test the stage that a story is in against a list."""
    place = story["stage"]
    return place is not None and str(place["workflow_stage_id"]) in texts(text)


def staged(story: Resource, text: str) -> bool:
    """Test whether a story is in any stage."""
    return (story["stage"] is not None) is is_true(text)


def of_component(story: Resource, text: str) -> bool:
    """Test what a story is made of, as far as its content is: one component."""
    return story["content"]["component"] in texts(text)


def is_true(text: str | None) -> bool:
    """Read a boolean."""
    return text in {"true", "1"}


def found(
    things: list[Resource], tests: Mapping[str, Test], params: Mapping[str, str], cap: int | None
) -> list[Resource]:
    """Return the objects that pass every parameter; an empty one is as if absent."""
    wanted = {name: params[name] for name in tests if params.get(name)}
    if cap is not None and "by_ids" in wanted:
        wanted["by_ids"] = ",".join(texts(wanted["by_ids"])[:cap])
    return [one for one in things if all(tests[name](one, wanted[name]) for name in wanted)]


def page(params: Mapping[str, str]) -> Page:
    """Read which page is asked for."""
    rows = min(_count(params.get("per_page"), _DEFAULT_ROWS), _MOST_ROWS)
    return Page(_count(params.get("page"), 1), rows)


def _count(text: str | None, default: int) -> int:
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > 9:  # noqa: PLR2004
        return default
    return int(text) or default
