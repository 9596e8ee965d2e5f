"""The composition root: the only module that knows all the others."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.routing import Route

from gateway.adapter import Adapter, SourceSettings, World
from gateway.cache.cache import Cache
from gateway.cache.objects import Objects
from gateway.context import Gateway, RequestContext
from gateway.cursor import Cursors
from gateway.http.graphql import Endpoint
from gateway.http.health import healthz
from gateway.loaders import Kept
from gateway.merge import Lists
from gateway.sandbox.emulator import Emulator
from gateway.sandbox.server import create_sandbox
from gateway.settings import Settings, judge, read
from gateway.store import open_records, open_store
from gateway.writes import Once, Writer
from schema import build
from schema.types.source import Source
from schema.types.sources import SourceInfo


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def _folder(source: Source, part: str = "") -> Any:
    return import_module(f"gateway.sources.{source.value}{part}")


def adapter_kinds() -> Mapping[Source, type[Adapter]]:
    """Return every source's adapter class: `ADAPTER` of the folder that the enum's value names."""
    return {source: _folder(source).ADAPTER for source in Source}


def settings_kinds() -> Mapping[Source, type[SourceSettings]]:
    """Return every source's settings struct: `Settings` of its `settings.py`."""
    return {source: _folder(source, ".settings").Settings for source in Source}


def emulator_kinds() -> list[type[Emulator]]:
    """Return every source's emulator class: `EMULATOR` of its `sandbox`."""
    return [_folder(source, ".sandbox").EMULATOR for source in Source]


def create_sandboxes() -> Starlette:
    """Return the app of all emulators and their handles."""
    return create_sandbox(emulator_kinds())


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read all settings; raises SettingError, naming the first that is unknown or bad."""
    return read(environment, settings_kinds())


def sandboxed(settings: Settings, origin: str) -> Settings:
    """Return settings that lead to sandboxes, with what all sources have left as it is."""
    shared = SourceSettings.__struct_fields__
    sources: dict[Source, SourceSettings] = {}
    for emulator in emulator_kinds():
        own = settings.sources[emulator.source]
        kept = {name: getattr(own, name) for name in shared}
        table = {**kept, **emulator.settings(origin)}
        kind = settings_kinds()[emulator.source]
        sources[emulator.source] = judge(kind, f"sources.{emulator.source.value}", table)
    return Settings(settings.server, sources)


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
    world = World(now, settings.server.deadline, settings.server.max_pages, cache)
    return [
        kind.connect(settings.sources[source], world)
        for source, kind in adapter_kinds().items()
        if settings.sources[source].is_connected
    ]


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


def create_app(settings: Settings, now: Callable[[], datetime] = utc_now) -> Starlette:
    """Return the gateway.

    Args:
        settings: read by `gateway.settings.read`.
        now: the clock, in UTC.

    Raises:
        SettingError: naming the first bad setting.
    """
    server = settings.server
    # A quarter is for what was made of answers, by id; it shares no memory with the answers.
    shares = [3 * server.cache_bytes // 4, server.cache_bytes // 4]
    store = open_store(server.cache_url, max_bytes=shares[0], max_entries=server.cache_entries)
    objects = Objects(max_bytes=shares[1], max_entries=server.cache_entries, now=now)
    cache = Cache(store, now)
    adapters = {adapter.id: adapter for adapter in connect(settings, now, cache)}
    lists = Lists(adapters.values(), Cursors(settings.cursor_keys()))
    kept = Kept(objects, cache.versions)
    records = open_records(server.cache_url)
    writer = Writer(adapters, Once(records))
    gateway = Gateway(
        adapters=adapters,
        lists=lists,
        sources=lambda: source_infos(adapters),
        now=now,
        kept=kept,
        versions=cache.versions,
        writer=writer,
    )
    endpoint = Endpoint(build(), lambda: RequestContext(gateway), server.trace)
    closing = [writer, *adapters.values(), records, cache.versions, store]
    app = Starlette(
        routes=[*endpoint.routes(), Route("/healthz", healthz)], lifespan=_until(closing)
    )
    app.router.redirect_slashes = False
    return app


class _Closing(Protocol):
    async def close(self) -> None: ...


def _until(closing: Sequence[_Closing]) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Return a lifespan at whose end things are closed, in order: writes first, to their end."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        del app
        yield
        for one in closing:
            await one.close()

    return lifespan
