"""Versions of what kept answers hold: a write gives new ones, and the answers are out of reach.

A tag names what an answer holds, such as "stage/1234": the stages of one container. An answer's key
has the versions of its tags in it, so that nothing needs to be deleted, and that a load which was
under way during a write is neither kept for those who come after nor joined by them.
"""

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

from gateway.cache.keys import Key, Scope

MOST = 2000
"""Tags that a process knows at a time; whoever asks by made-up ids could else fill its memory."""


@lru_cache(maxsize=2 * MOST)
def name_of(scope: Scope, tag: str) -> Key:
    """Return the name of a tag's version; it shows no id."""
    return scope.key("version", tag.partition("/")[0], tag)


class Versions:
    """The versions of a process that shares its answers with no other.

    A version is the moment of the latest change. A tag that was never bumped needs no place.

    Attributes:
        clock: counts the changes of all versions: the moments of this process.
    """

    def __init__(self) -> None:
        self.clock = 0
        self._changed: OrderedDict[Key, int] = OrderedDict()
        self._lost = 0

    async def refresh(self) -> None:
        """See what others have changed up to now; called when an operation begins."""

    async def meet(self, scope: Scope, tags: Sequence[str]) -> None:
        """See to it that the versions of tags are known; called before `of`."""

    def of(self, scope: Scope, tags: Sequence[str]) -> Sequence[int]:
        """Return what tells the present versions of tags from all earlier ones."""
        return [self._changed.get(name_of(scope, tag), self._lost) for tag in tags]

    def changed_at(self, scope: Scope, tag: str) -> int:
        """Return the moment of a tag's latest change.

        What was asked for at that moment or later is not older than the change.
        """
        return self.moment_of(name_of(scope, tag))

    def moment_of(self, name: Key) -> int:
        """Return what `changed_at` does, of the tag whose version has a name."""
        return self._changed.get(name, self._lost)

    async def bump(self, scope: Scope, tags: Sequence[str]) -> None:
        """Give tags new versions; this process uses them at once."""
        moment = self._tick()
        for tag in tags:
            name = name_of(scope, tag)
            self._changed[name] = moment
            self._changed.move_to_end(name)
        while len(self._changed) > MOST:
            # Its answers stay out of reach, and with them those of all tags without a place.
            self._lost = self._changed.popitem(last=False)[1]

    async def close(self) -> None:
        """Stop what is under way."""

    def _tick(self) -> int:
        self.clock += 1
        return self.clock
