"""What an answer was made of, and so for how long it may be given again."""

from collections.abc import Iterable
from datetime import UTC, datetime

from gateway.cache.keys import Scope
from gateway.cache.versions import Versions
from gateway.store.entry import Entry

_EVER = datetime.max.replace(tzinfo=UTC)


class Dependencies:
    """The kept answers of sources that an answer was made of.

    Attributes:
        is_lasting: whether it may be given again at all: not where a part of it failed, is not
            kept, or is of the moment.
    """

    __slots__ = ("_entries", "_seen_at", "_tags", "_until", "is_lasting")

    def __init__(self) -> None:
        self.is_lasting = True
        self._entries: list[Entry] = []
        self._tags: set[tuple[Scope, str]] = set()
        self._until = _EVER
        self._seen_at = -1

    def add(self, scope: Scope, tags: Iterable[str], entry: Entry) -> None:
        """Add a kept answer, by the tags of what it holds; its end may still be brought forward."""
        self._tags.update((scope, tag) for tag in tags)
        self._entries.append(entry)

    def add_object(self, scope: Scope, tag: str, until: datetime) -> None:
        """Add an object that was kept by its id."""
        self._tags.add((scope, tag))
        self._until = min(self._until, until)

    def add_all(self, other: "Dependencies") -> None:
        """Add what another answer was made of."""
        self.is_lasting = self.is_lasting and other.is_lasting
        self._tags |= other._tags  # noqa: SLF001 - one of its own kind
        self._until = min(self._until, other.until)

    def spoil(self) -> None:
        """Note that the answer is good for this once."""
        self.is_lasting = False

    @property
    def until(self) -> datetime:
        """When the first of its parts ends."""
        return min((self._until, *(entry.until for entry in self._entries)))

    def seal(self) -> None:
        """Settle the end, and let the parts go."""
        self._until = self.until
        self._entries = []

    def are_as_of(self, versions: Versions, mark: int) -> bool:
        """Tell whether none of the parts was written to since a moment of the versions' clock."""
        if self._seen_at == versions.clock:
            return True
        if any(versions.changed_at(scope, tag) > mark for scope, tag in self._tags):
            return False
        self._seen_at = versions.clock
        return True
