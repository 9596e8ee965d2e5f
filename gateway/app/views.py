"""What callers see: the operator's adapters, and those of callers who may see less or other."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from msgspec import structs

from gateway.adapter import Adapter, SourceSettings, World
from gateway.app.kinds import adapter_kinds
from gateway.cache.cache import Cache
from gateway.cache.objects import Objects
from gateway.caller import ANYBODY, Caller
from gateway.context import Gateway, View
from gateway.cursor import Cursors
from gateway.loaders import Kept
from gateway.merge import KeptPages, Lists
from gateway.settings import Secret, Settings
from gateway.writes import Once, Writer
from schema.types.source import Source
from schema.types.sources import SourceInfo


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def connect(
    settings: Settings, now: Callable[[], datetime] = utc_now, cache: Cache | None = None
) -> list[Adapter]:
    """Return the adapters of the sources that have a credential.

    Args:
        settings: of all sources.
        now: the clock, in UTC.
        cache: keeps answers; left out, nothing is kept and nothing shared.

    Raises:
        SettingError: naming a source's setting that cannot be used.
    """
    return list(_connected(settings, _world(settings, now, cache), ANYBODY, Source).values())


def _world(settings: Settings, now: Callable[[], datetime], cache: Cache | None) -> World:
    return World(now, settings.server.deadline, settings.server.max_pages, cache)


def _connected(
    settings: Settings, world: World, caller: Caller, sources: Iterable[Source]
) -> dict[Source, Adapter]:
    """Return the adapters that a caller has to some sources, of those with a credential."""
    found: dict[Source, Adapter] = {}
    for source in sources:
        own: SourceSettings = settings.sources[source]
        credential = caller.credentials.get(source)
        place = world
        if source not in caller.reads and own.is_connected:
            own, place = own.with_credential(_NOTHING), structs.replace(world, refuses=True)
        elif credential is not None:
            own = own.with_credential(credential)
            place = structs.replace(world, authorization=credential)
        if own.is_connected:
            found[source] = adapter_kinds()[source].connect(own, place)
    return found


_NOTHING = Secret("nothing")
"""The credential of who may not use a source; it is sent nowhere."""


def source_infos(adapters: Mapping[Source, Adapter]) -> list[SourceInfo]:
    """Tell of every source, connected or not."""
    infos: list[SourceInfo] = []
    for source, kind in adapter_kinds().items():
        health = adapters[source].health if source in adapters else None
        infos.append(
            SourceInfo(
                source=source,
                is_connected=source in adapters,
                status=health and health.status,
                last_success_at=health and health.last_success_at,
                capabilities=list(kind.capabilities),
            )
        )
    return infos


class Parts:
    """What the views of all callers are made of.

    Args:
        settings: of the sources.
        cache: keeps answers. objects: keeps what was made of them.
        once: keeps writes under a key to once.
        now: the clock, in UTC.
    """

    def __init__(
        self,
        settings: Settings,
        cache: Cache,
        objects: Objects,
        once: Once,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._versions = cache.versions
        self._objects = objects
        self._once = once
        self._now = now
        self._world = _world(settings, now, cache)
        self._shared = _connected(settings, self._world, ANYBODY, Source)
        for own in settings.sources.values():
            if own.lets_callers:
                own.with_credential(_NOTHING)  # raises where a credential would not be enough
        self._cursors = Cursors(settings.cursor_keys())
        self._kept = Kept(objects, cache.versions)

    def view(self, caller: Caller) -> View:
        """Return the view of a caller: the operator's adapters, but where it has others."""
        differing = {one for one in self._shared if one not in caller.reads}
        own = (
            _connected(self._settings, self._world, caller, differing.union(caller.credentials))
            if caller.view
            else self._shared
        )
        found = {**self._shared, **own}
        adapters = {source: found[source] for source in Source if source in found}
        pages = KeptPages(self._objects, self._versions, caller.view)
        writer = Writer(adapters, self._once)
        gateway = Gateway(
            view=caller.view,
            adapters=adapters,
            lists=Lists(adapters.values(), self._cursors, pages),
            sources=lambda: source_infos(adapters),
            now=self._now,
            kept=self._kept,
            versions=self._versions,
            writer=writer,
            most_calls=self._settings.server.max_cost,
        )
        return View(gateway, [writer, *own.values()])
