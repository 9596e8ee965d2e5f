"""Graph objects that earlier requests were answered with, by id, until their time is up."""

from datetime import datetime, timedelta
from functools import lru_cache

from gateway.adapter import Adapter
from gateway.cache.objects import Objects
from gateway.cache.versions import Versions
from gateway.upstream.call import tag
from gateway.upstream.origin import Origin
from gateway.upstream.trace import Log
from schema.types.ids import GlobalId, Kind
from schema.types.process import Pipeline, Process, Workflow
from schema.types.resource import Resource
from schema.types.stage import Stage
from schema.types.work import Work

_MOST_PENDING = 500
"""Rows that wait to be sorted by id, at most: no other bound holds them, and sorting takes time."""

_PER_OBJECT = 2000
"""Bytes of an object beside its source's answer."""

text_of = lru_cache(maxsize=8192)(str)
"""The text of a global id, remembered: the same few are asked for all the time."""

_KINDS = (
    (Stage, Kind.STAGE),
    (Work, Kind.WORK),
    (Pipeline, Kind.PIPELINE),
    (Workflow, Kind.WORKFLOW),
)


class Kept:
    """What the process knows by id; each object is its credential's own.

    Objects are immutable, so requests share them. Rows of lists are sorted by id only when somebody
    asks for anything by id: most queries never do.

    Args:
        objects: holds them, within bounds.
        versions: of the answers that the objects are of.
    """

    def __init__(self, objects: Objects, versions: Versions) -> None:
        self._objects = objects
        self._versions = versions
        self._pending: list[tuple[Adapter, Resource]] = []

    def notice(self, adapter: Adapter, row: Resource) -> None:
        """Remember an object that a source has just sent."""
        if adapter.seconds_for(_kind(row)) <= 0:
            return
        if len(self._pending) >= _MOST_PENDING:
            self._sort()
        self._pending.append((adapter, row))

    def get(self, adapter: Adapter, key: GlobalId, log: Log) -> Resource | None:
        """Return an object that was sent before, is still good, and was not written since."""
        if self._pending:
            self._sort()
        row: Resource | None = self._objects.get((adapter.scope, text_of(key)))
        if row is None:
            return None
        own, mark = GlobalId.parse(row.id), _mark(row)
        held = tag(own.kind, own.scope)
        if self._versions.changed_at(adapter.scope, held) > mark:
            return None
        log.depend_on_object(adapter.scope, held, mark, _until(adapter, row))
        return row

    def _sort(self) -> None:
        pending, self._pending = self._pending, []
        for adapter, row in pending:
            for one in with_members(row):
                self._put(adapter, one)

    def _put(self, adapter: Adapter, row: Resource) -> None:
        kind = _kind(row)
        until = _until(adapter, row)
        for name in (row.id, *map(text_of, adapter.aliases(kind, row))):
            place = (adapter.scope, name)
            older: Resource | None = self._objects.get(place)
            if older is None or _age(older) <= _age(row):
                self._objects.put(place, row, _PER_OBJECT + 2 * row.origin.size, until)


def _kind(row: Resource) -> Kind:
    """Tell the kind of an object that has an origin."""
    return next(kind for type_, kind in _KINDS if isinstance(row, type_))


def _until(adapter: Adapter, row: Resource) -> datetime:
    return row.origin.fetched_at + timedelta(seconds=adapter.seconds_for(_kind(row)))


def _mark(row: Resource) -> int:
    """Tell when an object was asked for, by the clock of the versions."""
    return row.origin.mark if isinstance(row.origin, Origin) else -1


def _age(row: Resource) -> tuple[int, datetime]:
    return _mark(row), row.origin.fetched_at


def with_members(row: Resource) -> list[Resource]:
    """Return an object, and the stages that came with it."""
    held = (row.members or ()) if isinstance(row, Process) else ()
    return [row, *(one for one in held if isinstance(one, Stage))]
