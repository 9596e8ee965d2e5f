"""Forms of values that DevRev is written; pure.

Each form judges what an input gives, puts it in DevRev's words, and tells whether an object that
DevRev answers has it: True, False, or None where that cannot be told.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from math import isfinite
from typing import Any, Protocol

from msgspec import Struct

from gateway.adapter import Judge, told
from gateway.sources.devrev import normalise
from schema.types.ids import GlobalId, Kind
from schema.types.inputs.devrev_related import MoneyInput, WorkTagInput
from schema.types.mutation_errors import Constraint

LONGEST = 65_536
"""Characters of a body, the longest text whose length DevRev's OpenAPI bounds. Where it tells no
bound DevRev judges, up to this."""

_OTHER = "other"
_MOMENT = timedelta(milliseconds=1)
_CURRENCY = re.compile("[A-Z]{3}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_LONGEST_NUMBER = 40


class Form(Protocol):
    """A form of values."""

    def read(self, judge: Judge, given: Any, *at: str) -> Any:
        """Judge what is given, which is not null, and return it in DevRev's words.

        What is returned of a wrong value is of no use.
        """
        ...

    def is_alike(self, sent: Any, answered: Any) -> bool | None:
        """Tell whether what DevRev answered, which is not null, is what was sent."""
        ...


class Text(Struct, frozen=True):
    """A text; `is_loose` is one that DevRev may write in another way."""

    longest: int = LONGEST
    may_be_empty: bool = False
    is_loose: bool = False

    def read(self, judge: Judge, given: str, *at: str) -> str:
        """Judge its length."""
        judge.text(given, *at, longest=self.longest, may_be_empty=self.may_be_empty)
        return given

    def is_alike(self, sent: str, answered: object) -> bool | None:
        """Compare it without blanks around it."""
        is_same = isinstance(answered, str) and answered.strip() == sent.strip()
        return is_same or (None if self.is_loose else False)


class Texts(Struct, frozen=True):
    """A list of texts, in any order; which there are is DevRev's to judge."""

    def read(self, judge: Judge, given: Sequence[str], *at: str) -> list[str]:
        """Judge each."""
        for place, text in enumerate(given):
            judge.text(text, *at, str(place), longest=LONGEST)
        return list(given)

    def is_alike(self, sent: Sequence[str], answered: Sequence[str]) -> bool:
        """Compare as sets."""
        return set(sent) == set(answered)


class Plain(Struct, frozen=True):
    """A flag or a number, within bounds if there are any."""

    least: float | None = None
    most: float | None = None

    def read(self, judge: Judge, given: float, *at: str) -> float:
        """Judge that it is finite, which JSON's numbers are, and its bounds."""
        if not isfinite(given):
            judge.wrong("It is no finite number.", Constraint.RANGE, *at)
            return given
        if self.least is not None and given < self.least:
            judge.wrong(f"It is below {self.least:g}.", Constraint.RANGE, *at)
        if self.most is not None and given > self.most:
            judge.wrong(f"It is above {self.most:g}.", Constraint.RANGE, *at)
        return given

    def is_alike(self, sent: float, answered: float) -> bool:
        """Compare."""
        return sent == answered


class Word(Struct, frozen=True):
    """A value of one of the graph's enums, whose own values are DevRev's words."""

    def read(self, judge: Judge, given: Enum, *at: str) -> str:
        """Refuse what only answers have."""
        if given.value == _OTHER:
            words = "OTHER stands for what answers have beside the rest; it is not to be written."
            judge.wrong(words, Constraint.ALLOWED_VALUE, *at)
        return given.value

    def is_alike(self, sent: str, answered: str) -> bool:
        """Compare."""
        return sent == answered


class Time(Struct, frozen=True):
    """A point in time; DevRev tells milliseconds."""

    def read(self, judge: Judge, given: datetime, *at: str) -> str:
        """Write it as the vendor's pages do."""
        del judge, at
        text = given.astimezone(UTC).isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z")

    def is_alike(self, sent: str, answered: datetime) -> bool:
        """Compare by milliseconds."""
        return abs(datetime.fromisoformat(sent) - answered) < _MOMENT


class Id(Struct, frozen=True):
    """The id of an object; `takes_own` is DevRev's own too."""

    kind: Kind
    takes_own: bool = True

    @property
    def own(self) -> Callable[[str], GlobalId] | None:
        """Makes a global id of DevRev's own."""
        return partial(normalise.global_id, self.kind) if self.takes_own else None

    def read(self, judge: Judge, given: str, *at: str) -> str:
        """Judge its form, and of what it is."""
        found = judge.id(given, self.kind, *at, own=self.own)
        return found.source_id if found else ""

    def is_alike(self, sent: str, answered: object) -> bool:
        """Compare with an object, or with an id alone."""
        return _is_named(sent, answered)


class Ids(Struct, frozen=True):
    """Ids of objects, in any order."""

    kind: Kind
    least: int = 0
    most: int | None = None
    takes_own: bool = True

    def read(self, judge: Judge, given: Sequence[str], *at: str) -> list[str]:
        """Judge each, and how many there are."""
        if len(given) < self.least:
            judge.wrong("At least one is needed.", Constraint.REQUIRED, *at)
        if self.most is not None and len(given) > self.most:
            words = f"It has {len(given)}; {self.most} are allowed."
            judge.wrong(words, Constraint.LENGTH, *at)
        found = judge.ids(given, self.kind, *at, own=Id(self.kind, self.takes_own).own)
        return [one.source_id for one in found]

    def is_alike(self, sent: Sequence[str], answered: Sequence[object]) -> bool:
        """Compare as sets."""
        return _are_named(sent, answered)


class Choice(Struct, frozen=True):
    """A value of an enum that the organisation may extend: a number, unique in its field."""

    field: str

    def read(self, judge: Judge, given: str, *at: str) -> int:
        """Take its global id, or the number alone."""
        found = judge.id(given, Kind.ENUM_VALUE, *at, own=self._own)
        value = normalise.enum_value(found.source_id) if found else None
        if value and value[0] != self.field:
            words = f"It is a value of {value[0]}; one of {self.field} is needed."
            judge.wrong(words, Constraint.REFERENCE, *at)
        return value[1] if value else 0

    def _own(self, text: str) -> GlobalId:
        return normalise.global_id(Kind.ENUM_VALUE, f"{self.field}:{text}")

    def is_alike(self, sent: int, answered: object) -> bool:
        """Compare the numbers."""
        return sent == getattr(answered, "id", None)


class Money(Struct, frozen=True):
    """An amount of money."""

    def read(self, judge: Judge, given: MoneyInput, *at: str) -> dict[str, str]:
        """Judge the amount's form, and that of the currency's code."""
        if _decimal(given.amount) is None:
            words = 'It is no decimal number such as "125000.50".'
            judge.wrong(words, Constraint.FORMAT, *at, "amount")
        if not _CURRENCY.fullmatch(given.currency):
            words = "It is no code of ISO 4217 such as USD."
            judge.wrong(words, Constraint.FORMAT, *at, "currency")
        return {"amount": given.amount, "currency": given.currency}

    def is_alike(self, sent: Mapping[str, str], answered: object) -> bool:
        """Compare the numbers: 1.5 is 1.50."""
        amount = getattr(answered, "amount", None)
        is_same = amount is not None and _decimal(amount) == _decimal(sent["amount"])
        return is_same and getattr(answered, "currency", None) == sent["currency"]


class Tags(Struct, frozen=True):
    """Tags, each with its value if it has one, in any order."""

    def read(self, judge: Judge, given: Sequence[WorkTagInput], *at: str) -> list[dict[str, str]]:
        """Judge the ids; which values there are is DevRev's to judge."""
        found: list[dict[str, str]] = []
        for place, one in enumerate(given):
            path = (*at, str(place))
            name = Id(Kind.TAG).read(judge, one.tag_id, *path, "tagId")
            value = told(one.value)
            found.append({"id": name, **({} if value is None else {"value": value})})
        return found

    def is_alike(self, sent: Sequence[Mapping[str, str]], answered: Sequence[object]) -> bool:
        """Compare the tags, and the values where one was sent."""
        tags = [getattr(one, "tag", None) for one in answered]
        if not _are_named([one["id"] for one in sent], tags):
            return False
        return all(
            any(
                _is_named(one["id"], tag) and getattr(at, "value", None) == one["value"]
                for tag, at in zip(tags, answered, strict=True)
            )
            for one in sent
            if "value" in one
        )


def _decimal(text: str) -> Decimal | None:
    is_plain = len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text)
    return Decimal(text) if is_plain else None


def _is_named(sent: str, answered: object) -> bool:
    """Tell whether an object is the one of an id that was sent, a DON or a display id."""
    if isinstance(answered, str):
        return normalise.is_meant(sent, answered, None)
    don: str | None = getattr(answered, "id", None)
    return don is not None and normalise.is_meant(sent, don, getattr(answered, "display_id", None))


def _are_named(sent: Iterable[str], answered: Sequence[object]) -> bool:
    names = set(sent)
    return len(names) == len(answered) and all(
        any(_is_named(name, one) for one in answered) for name in names
    )
