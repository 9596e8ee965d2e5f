"""What an answer was made of, and so for how long it may be given again."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from gateway.cache.keys import Key, Scope
from gateway.cache.versions import Versions, name_of
from gateway.store.entry import Entry

EVER = datetime.max.replace(tzinfo=UTC)


class Dependencies:
    """The kept answers and objects of sources that an answer was made of.

    Attributes:
        is_lasting: whether it may be given again at all: not where a part of it failed, is not
            kept, or is of the moment.
    """

    __slots__ = ("_entries", "_marks", "_others", "_seen_at", "_until", "is_lasting")

    def __init__(self) -> None:
        self.is_lasting = True
        self._entries: list[Entry] = []
        self._others: list[Dependencies] = []
        self._marks: dict[Key, int] = {}
        self._until = EVER
        self._seen_at = -1

    def add(self, scope: Scope, tags: Iterable[str], entry: Entry, mark: int) -> None:
        """Add a kept answer; its end may still be brought forward.

        Args:
            scope: whose it is.
            tags: of what it holds.
            entry: the answer.
            mark: when it was asked for, by the versions' clock.
        """
        for tag in tags:
            self._add(name_of(scope, tag), mark)
        self._entries.append(entry)

    def add_objects(self, marks: Mapping[Key, int], until: datetime) -> None:
        """Add objects that were kept by their ids.

        Args:
            marks: when the first of them was asked for, by the name of their tag's version.
            until: when the first of them ends.
        """
        for version, mark in marks.items():
            self._add(version, mark)
        self._until = min(self._until, until)

    def add_all(self, other: "Dependencies") -> None:
        """Add what another answer was made of."""
        self._others.append(other)
        self.is_lasting = self.is_lasting and other.is_lasting

    def _add(self, version: Key, mark: int) -> None:
        self._marks[version] = min(mark, self._marks.get(version, mark))

    def spoil(self) -> None:
        """Note that the answer is good for this once."""
        self.is_lasting = False

    @property
    def until(self) -> datetime:
        """When the first of its parts ends."""
        parts = (*self._entries, *self._others)
        return min((self._until, *(one.until for one in parts)))

    def seal(self) -> None:
        """Settle the end, and let the answers go."""
        self._until = self.until
        self._entries = []

    def are_good(self, versions: Versions) -> bool:
        """Tell whether none of the parts was written to since it was asked for."""
        if self._seen_at == versions.clock:
            return True
        for version, mark in self._marks.items():
            if versions.moment_of(version) > mark:
                return False
        if not all(other.are_good(versions) for other in self._others):
            return False
        self._seen_at = versions.clock
        return True
