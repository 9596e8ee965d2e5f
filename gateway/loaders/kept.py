"""Graph objects that earlier requests were answered with, by id, until their time is up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from gateway.adapter import Adapter
from gateway.cache.dependencies import Dependencies
from gateway.cache.keys import Scope
from gateway.cache.objects import Held, Objects
from gateway.cache.versions import Versions, name_of
from gateway.upstream.call import tag
from gateway.upstream.origin import Origin
from schema.types.ids import GlobalId, Kind
from schema.types.process import Pipeline, Process, Workflow
from schema.types.resource import Resource
from schema.types.source import Source
from schema.types.stage import Stage
from schema.types.work import Work

_MOST_PENDING = 500
"""Rows that wait to be sorted by id, at most: no other bound holds them, and sorting takes time."""

_PER_OBJECT = 2000
"""Bytes of an object beside its source's answer."""

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

    def notice(self, adapter: Adapter, rows: Sequence[Resource]) -> None:
        """Remember objects of one kind that a source has just sent."""
        if not rows or adapter.seconds_for(_kind(type(rows[0]))) <= 0:
            return
        for row in rows:
            if len(self._pending) >= _MOST_PENDING:
                self._sort()
            self._pending.append((adapter, row))

    def get(self, adapter: Adapter, key: GlobalId) -> Resource | None:
        """Return an object that was sent before, is still good, and was not written since."""
        return self.find({key.source: adapter.scope}, (key,), Dependencies()).get(key)

    def find(
        self, scopes: Mapping[Source, Scope], keys: Iterable[GlobalId], made_of: Dependencies
    ) -> dict[GlobalId, Resource]:
        """Return those objects that `get` would, under the scopes of their sources.

        Args:
            scopes: of the sources.
            keys: ids.
            made_of: told of each object that is returned.
        """
        if self._pending:
            self._sort()
        return self._objects.find(scopes, keys, self._versions, made_of)

    def _sort(self) -> None:
        pending, self._pending = self._pending, []
        for adapter, row in pending:
            for one in with_members(row):
                self._put(adapter, one)

    def _put(self, adapter: Adapter, row: Resource) -> None:
        kind, scope, own = _kind(type(row)), adapter.scope, GlobalId.parse(row.id)
        held = Held(row, _mark(row), name_of(scope, tag(own.kind, own.scope)))
        until = row.origin.fetched_at + timedelta(seconds=adapter.seconds_for(kind))
        for key in (own, *adapter.aliases(kind, row)):
            older: Held | None = self._objects.get((scope, key))
            if older is None or _age(older) <= _age(held):
                self._objects.put((scope, key), held, _PER_OBJECT + 2 * row.origin.size, until)


@lru_cache(maxsize=64)
def _kind(class_: type[Resource]) -> Kind:
    """Tell the kind of the objects of a class; they have an origin."""
    return next(kind for type_, kind in _KINDS if issubclass(class_, type_))


@lru_cache(maxsize=64)
def kinds_in(class_: type[Resource]) -> frozenset[Kind]:
    """Tell the kinds of what `with_members` returns of a class's objects."""
    held = {Kind.STAGE} if issubclass(class_, Process) else set[Kind]()
    return frozenset({_kind(class_), *held})


def _mark(row: Resource) -> int:
    """Tell when an object was asked for, by the clock of the versions."""
    return row.origin.mark if isinstance(row.origin, Origin) else -1


def _age(held: Held) -> tuple[int, datetime]:
    return held.mark, held.row.origin.fetched_at


def with_members(row: Resource) -> list[Resource]:
    """Return an object, and the stages that came with it."""
    held = (row.members or ()) if isinstance(row, Process) else ()
    return [row, *(one for one in held if isinstance(one, Stage))]
