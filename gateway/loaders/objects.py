"""A request's objects by id: what it has read, what is kept, and what must be fetched."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from gateway.adapter import Adapter
from gateway.cache.keys import Scope
from gateway.errors import Rejected
from gateway.loaders.getters import Getter, getter
from gateway.loaders.kept import Kept, kinds_in, with_members
from gateway.loaders.loader import Loader, resolved
from gateway.loaders.pool import Pool
from gateway.upstream.trace import Log, Trace
from schema.relations import Each, Later
from schema.types.ids import GlobalId, Kind
from schema.types.resource import Resource
from schema.types.source import Source

Key = GlobalId | None
"""None is the key of nothing."""

Found = dict[Any, Any]
"""What was found, by key: an object, a failure, or None."""


class Objects(Pool):
    """Objects of one request.

    Args:
        adapters: the connected sources.
        scopes: whose answers theirs are.
        kept: what earlier requests brought.
        since: when the request began.
        log: told of every call.
    """

    def __init__(
        self,
        adapters: Mapping[Source, Adapter],
        scopes: Mapping[Source, Scope],
        kept: Kept,
        since: datetime,
        log: Log,
    ) -> None:
        super().__init__(log)
        self._adapters = adapters
        self._scopes = scopes
        self._kept = kept
        self._since = since
        self._known: Found = {None: None}
        self._pages: list[tuple[Sequence[Resource], frozenset[Kind]]] = []
        self._noticed: defaultdict[type[Resource], list[Resource]] = defaultdict(list)

    def look(self, keys: Iterable[Key]) -> Found | None:
        """Return the objects of keys, each key once, if all are known or kept; else None."""
        found, missing = self._at_hand(keys)
        return None if missing else found

    def get(self, key: GlobalId, payer: Trace | None = None) -> asyncio.Future[Any]:
        """Ask for an object at once, so that all asks of a query go out together.

        Args:
            key: the object's id.
            payer: told of the calls that it took.

        Returns:
            A future of the object: None where there is none or its source is not connected, or
            the source's failure.

        Raises:
            Rejected: if the source's vendor could not have made such an id.
        """
        known = self.look((key,))
        if known is not None:
            return resolved(known[key])
        loader = self._loader_of(key)
        return resolved(None) if loader is None else loader.load(key, payer)

    def load_list(self, keys: Sequence[Key], payer: Trace | None = None) -> Each[Any]:
        """Ask for objects at once, as `get` does for one.

        Args:
            keys: any; the same may be among them twice.
            payer: told of the calls that it took.

        Returns:
            The objects in the order of their keys, failures in place: at once if none is to be
            waited for. One that could not be an id is a failure too.
        """
        found, missing = self._at_hand(keys)
        loaders = self._loaders_of(missing, found)
        asked = [(some, loader.load_list(some, payer)) for loader, some in loaders.items()]
        if not asked:
            return [found[key] for key in keys]
        return Later(partial(_placed, keys, found, asked))

    def notice(self, rows: Sequence[Resource]) -> None:
        """Remember objects of one kind that came, for who asks for them or their stages by id."""
        for row in rows:
            self._noticed[type(row)].append(row)
        fresh = [row for row in rows if row.origin.fetched_at >= self._since]
        if fresh:
            self._kept.notice(self._adapters[fresh[0].source], fresh)

    def notice_kept(self, rows: Sequence[Resource], kinds: frozenset[Kind]) -> None:
        """Remember objects that earlier requests were answered with; they hold some kinds."""
        self._pages.append((rows, kinds))

    def _at_hand(self, keys: Iterable[Key]) -> tuple[Found, list[GlobalId]]:
        """Return what is known or kept, each key once and in order, and the keys of all else."""
        found: Found = dict.fromkeys(keys)
        if self._noticed or self._pages:
            self._keep_noticed(found)
        known = self._known
        if len(known) == 1:  # nothing but None, as in most requests
            missing = [key for key in found if key is not None]
        else:
            missing = [key for key in found if key not in known]
            found.update((key, known[key]) for key in found if key in known)
        if not missing:
            return found, missing
        kept = self._kept.find(self._scopes, missing, self._log.made_of)
        known.update(kept)
        if len(kept) == len(found):
            return kept, []
        found.update(kept)
        return found, [key for key in missing if key not in kept]

    def _keep_noticed(self, keys: Iterable[Key]) -> None:
        """Sort by id what was noticed of the kinds that are asked for; most is never asked for."""
        kinds = {key.kind for key in keys if key is not None}
        for rows in [rows for rows, held in self._pages if not kinds.isdisjoint(held)]:
            for row in rows:
                self._noticed[type(row)].append(row)
        self._pages = [page for page in self._pages if kinds.isdisjoint(page[1])]
        for class_ in [one for one in self._noticed if not kinds.isdisjoint(kinds_in(one))]:
            for row in self._noticed.pop(class_):
                self._known.update((GlobalId.parse(one.id), one) for one in with_members(row))

    def _loaders_of(
        self, keys: Iterable[GlobalId], refused: Found
    ) -> dict[Loader[GlobalId, Any], list[GlobalId]]:
        """Return who fetches which keys; told of those that cannot be ids."""
        loaders: dict[Loader[GlobalId, Any], list[GlobalId]] = {}
        for key in keys:
            try:
                loader = self._loader_of(key)
            except Rejected as error:
                refused[key] = error
                continue
            if loader is not None:
                loaders.setdefault(loader, []).append(key)
        return loaders

    def _loader_of(self, key: GlobalId) -> Loader[GlobalId, Any] | None:
        """Return who fetches an object, if it can be fetched; raise Rejected as `get` does."""
        adapter = self._adapters.get(key.source)
        if adapter is None:
            return None
        if not adapter.owns(key):
            message = f"'{key}' is no id of this graph: {key.source.name} gives no such id."
            raise Rejected(message)
        # One per scope: no vendor serves several in one call, and one that fails is alone in it.
        place = key[:3]
        if place in self._loaders:
            return self._loaders[place]
        own = getter(adapter, key.kind)
        return own and self._loader(place, adapter, self._noticing(own), self._known)

    def _noticing(self, getter: Getter) -> Getter:
        """Let a method's objects be remembered."""

        async def get(keys: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Any]:
            found = await getter(keys, trace)
            self.notice([one for one in found.values() if isinstance(one, Resource)])
            return found

        return get


async def _placed(
    keys: Sequence[Key], found: Found, asked: Iterable[tuple[list[GlobalId], Each[Any]]]
) -> list[Any]:
    """Wait for what was asked for, one after the other; all is under way."""
    for some, values in asked:
        came = (await values) if isinstance(values, Awaitable) else values
        found.update(zip(some, came, strict=True))
    return [found[key] for key in keys]
