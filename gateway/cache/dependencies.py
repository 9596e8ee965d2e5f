"""What an answer was made of, and so for how long it may be given again."""

from collections.abc import Iterable
from datetime import UTC, datetime

from gateway.cache.keys import Scope
from gateway.cache.versions import Versions
from gateway.store.entry import Entry

_EVER = datetime.max.replace(tzinfo=UTC)


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
        self._marks: dict[tuple[Scope, str], int] = {}
        self._until = _EVER
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
            self._add(scope, tag, mark)
        self._entries.append(entry)

    def add_object(self, scope: Scope, tag: str, mark: int, until: datetime) -> None:
        """Add an object that was kept by its id until some time."""
        self._add(scope, tag, mark)
        self._until = min(self._until, until)

    def add_all(self, other: "Dependencies") -> None:
        """Add what another answer was made of."""
        self._others.append(other)
        self.is_lasting = self.is_lasting and other.is_lasting

    def _add(self, scope: Scope, tag: str, mark: int) -> None:
        place = (scope, tag)
        self._marks[place] = min(mark, self._marks.get(place, mark))

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
        for (scope, tag), mark in self._marks.items():
            if versions.changed_at(scope, tag) > mark:
                return False
        if not all(other.are_good(versions) for other in self._others):
            return False
        self._seen_at = versions.clock
        return True
