"""What every write is handed, and how it is answered."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import msgspec

from gateway.sandbox.switches import Switches
from gateway.sources.storyblok.sandbox.activities import activity
from gateway.sources.storyblok.sandbox.fields import Check, judged
from gateway.sources.storyblok.sandbox.numbers import Resource, number_of
from gateway.sources.storyblok.sandbox.refusals import (
    Complaints,
    GoneError,
    RefusedError,
    refuse_whole,
)
from gateway.sources.storyblok.sandbox.seed import SpaceData

_FIRST_MADE = 1_000_000
"""The index of the first thing that is made: no seed has as many."""


class Made:
    """Counts what has been made, so that no number is given twice."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def number(self, what: str, space: int) -> int:
        """Return the number of a new thing."""
        count = self._counts.get(what, 0)
        self._counts[what] = count + 1
        return number_of(what, space, _FIRST_MADE + count)


class Write(NamedTuple):
    """One write to a space. What it does, it does whole or not at all.

    Attributes:
        data: the space. id: of the thing that the path names, "" where it names none.
        body: the JSON body, undecoded. query: the parameters.
        switches: the vendor's. made: numbers new things. one: the key of what is written.
        now: when it came: one time for all that it stamps.
    """

    data: SpaceData
    id: str
    body: bytes
    query: Mapping[str, str]
    switches: Switches
    made: Made
    one: str
    now: str

    @property
    def space(self) -> int:
        """The space's number."""
        return self.data.space["id"]

    def new(self, what: str) -> int:
        """Return the number of a new thing."""
        return self.made.number(what, self.space)

    def thing(self, things: list[Resource]) -> Resource:
        """Return the thing that the path names.

        Raises:
            GoneError: if there is none.
        """
        for one in things:
            if str(one["id"]) == self.id:
                return one
        raise GoneError

    def whole_body(self) -> Resource:
        """Return the body.

        Raises:
            RefusedError: if it is empty or no object.
        """
        body = msgspec.json.decode(self.body) if self.body else None
        if not isinstance(body, dict) or not body:
            refuse_whole(f"param is missing or the value is empty: {self.one}")
        return cast("Resource", body)

    def asked(self) -> Resource:
        """Return the object under the key of what is written.

        Raises:
            RefusedError: if there is none, or nothing in it.
        """
        asked = self.whole_body().get(self.one)
        if not isinstance(asked, dict) or not asked:
            refuse_whole(f"param is missing or the value is empty: {self.one}")
        return cast("Resource", asked)

    def read(
        self, checks: Mapping[str, Check], required: tuple[str, ...] = ()
    ) -> tuple[Resource, Complaints]:
        """Return what `asked` has of some fields, and what is wrong with the others."""
        return judged(self.asked(), checks, required)

    def tell(self, kind: str, key: str, thing: Resource) -> None:
        """Note in the space's activities what was done."""
        names = ("id", "name", "slug") if kind == "Story" else ("id", "name")
        trackable = {name: thing[name] for name in names}
        done = activity(self.space, kind, key, trackable, self.now)
        self.data.activities.insert(0, {"id": self.new("activity"), **done})


class Answer(NamedTuple):
    """What a write is answered: a status, and a JSON body or none."""

    status: int
    body: Any = None


Operation = Callable[[Write], Answer]
"""Carries out a write. Raises what stands in `refusals`."""


def done(write: Write, thing: Resource) -> Answer:
    """Answer a write that is documented without a body, or with one by the switch `readback`."""
    is_sent = write.switches["readback"] == "sent"
    return Answer(200, {write.one: thing}) if is_sent else Answer(204)


def refuse(complaints: Complaints) -> None:
    """Raise RefusedError if anything is wrong."""
    if complaints:
        raise RefusedError(complaints)
