"""The company whose data the sandboxes hold: the same people and days in every product."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

FOUNDED = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)

_NAMES = (
    "Ada Okafor", "Bruno Keller", "Carla Mendes", "Dmitri Volkov", "Elif Aydin", "Farid Haddad",
    "Grace Liu", "Hanna Virtanen", "Ivan Petrov", "Jonas Weber", "Keiko Tanaka", "Liam Byrne",
    "Mira Joshi", "Noah Schmidt", "Olga Nowak", "Pablo Ruiz", "Quinn Harper", "Rosa Ferrari",
    "Samir Patel", "Tove Lindqvist",
)  # fmt: skip


class Person(NamedTuple):
    """One of the company's people."""

    number: int
    full_name: str
    email: str

    @property
    def first_name(self) -> str:
        """The first name."""
        return self.full_name.split(" ")[0]

    @property
    def last_name(self) -> str:
        """The last name."""
        return self.full_name.split(" ")[1]


PEOPLE = tuple(
    Person(number, name, name.lower().replace(" ", ".") + "@northwind.example")
    for number, name in enumerate(_NAMES, start=1)
)


def dice(of_what: str) -> Random:
    """Return a source of choices that are always the same for the same word."""
    return Random(of_what)  # noqa: S311 - data that looks real, not secrets


def day(number: float) -> datetime:
    """Return the time so many days after the company was founded."""
    return FOUNDED + timedelta(days=number)


def stamp(time: datetime) -> str:
    """Write a time as the vendors do, in UTC with milliseconds and a Z."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
