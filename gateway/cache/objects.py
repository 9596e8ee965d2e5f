"""Graph objects that this process has at hand."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from sys import maxsize
from typing import Any

from gateway.cache.dependencies import EVER, Dependencies
from gateway.cache.keys import Key, Scope
from gateway.cache.versions import Versions
from gateway.store.lru import Lru
from schema.types.ids import GlobalId
from schema.types.source import Source


@dataclass(frozen=True, slots=True)
class Held:
    """An object, and what tells whether it is still good.

    Attributes:
        row: the object.
        mark: when it was asked for, by the clock of the versions; -1 if not known.
        version: the name of its tag's version.
    """

    row: Any
    mark: int
    version: Key


class Objects(Lru[Hashable, Any, datetime]):
    """An index with bounds, from a scoped key to what was made of an answer; it never waits."""

    def find(
        self,
        scopes: Mapping[Source, Scope],
        keys: Iterable[GlobalId],
        versions: Versions,
        made_of: Dependencies,
    ) -> dict[GlobalId, Any]:
        """Return those objects that are held under a scope and an id, and are still good.

        Lists of hundreds are looked up by this: one clock reading, one pass, nothing per object
        that could be done once.

        Args:
            scopes: whose objects may be found, by source.
            keys: their ids.
            versions: of what the objects are of.
            made_of: told of what is found.
        """
        found: dict[GlobalId, Any] = {}
        rows, now = self._rows, self._now()
        source: Source | None = None
        scope: Scope | None = None
        version, changed, oldest = "", 0, maxsize
        marks: dict[Key, int] = {}
        end = EVER
        for key in keys:
            if key[0] is not source:
                source = key[0]
                scope = scopes.get(source)
            place = (scope, key)
            row = rows.get(place)
            if row is None:
                continue
            held, _, until = row
            if until <= now:
                self.forget(place)
                continue
            rows.move_to_end(place)
            mark = held.mark
            if held.version is not version:
                version, changed = held.version, versions.moment_of(held.version)
                oldest = marks.get(held.version, maxsize)
            if changed <= mark:
                found[key] = held.row
                if mark < oldest or until < end:  # seldom: most came by the same answer
                    oldest = marks[held.version] = min(mark, oldest)
                    end = min(until, end)
        made_of.add_objects(marks, end)
        return found
