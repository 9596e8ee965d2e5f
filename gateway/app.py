"""The composition root: the only module that knows all the others."""

import os
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from msgspec import structs
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.adapter import Adapter, SourceSettings, World
from gateway.bounds import Judge, Limits
from gateway.cache.cache import Cache
from gateway.cache.objects import Objects
from gateway.caller import ANYBODY, Caller
from gateway.context import Gateway, View, Views
from gateway.cursor import Cursors
from gateway.execution import Engine
from gateway.http import explorer
from gateway.http.answering import Answering
from gateway.http.answers import VARYING, Answers
from gateway.http.auth import open_auth
from gateway.http.cors import Cors
from gateway.http.gate import STATE, Gate
from gateway.http.graphql import PATH, Endpoint
from gateway.http.health import Readiness, healthz
from gateway.http.persisted import Persisted, Texts
from gateway.http.reading import Most
from gateway.http.server import settle
from gateway.http.trusted import Documents, Trusted
from gateway.http.trusted_files import BadDocumentError, read_documents
from gateway.loaders import Kept
from gateway.merge import KeptPages, Lists
from gateway.sandbox.emulator import Emulator
from gateway.sandbox.server import create_sandbox
from gateway.settings import Secret, Server, SettingError, Settings, judge, read, takes, variable
from gateway.store import open_records, open_store
from gateway.store.store import Store
from gateway.telemetry import Log, set_up_logs
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


SANDBOX = "_STAGEGRAPH_SANDBOX"
"""Tells the processes that serve where the sandboxes are; no setting."""


def create_from_environment() -> Starlette:
    """Return the gateway of one process among several; its parent has judged the settings."""
    settings = read_settings(os.environ)
    log = set_up_logs(settings.server.log)
    origin = os.environ.get(SANDBOX)
    app = create_app(sandboxed(settings, origin) if origin else settings, log=log)
    settle()
    return app


def refuse_apart(settings: Settings) -> None:
    """Refuse several processes that would not see each other's writes and credentials.

    Raises:
        SettingError: naming the setting that they want.
    """
    if settings.server.workers > 1 and settings.server.cache_url.startswith("memory"):
        message = (
            f"{variable('server', 'workers')} ([server] workers) above 1 wants a Redis in "
            f"{variable('server', 'cache_url')} ([cache] url), so that each process sees at once "
            "what another has written."
        )
        raise SettingError(message)
    for source in settings.sources if settings.server.workers > 1 else ():
        own: SourceSettings = settings.sources[source]
        name, table = own.wanted_by_many, f"sources.{source.value}"
        if name is not None:
            message = (
                f"{variable('server', 'workers')} above 1 wants {variable(table, name)} "
                f"([{table}] {name}): {takes(type(own), name)}."
            )
            raise SettingError(message)


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


@cache
def _engine(*, compiles: bool, shadow: int, limits: Limits, is_discreet: bool) -> Engine:
    """Return what runs operations, one for all gateways of a process: it knows the graph alone."""
    return Engine(
        build(),
        compiles=compiles,
        shadow=shadow,
        varying=VARYING,
        judge=Judge(limits),
        is_discreet=is_discreet,
    )


def _engine_for(server: Server) -> Engine:
    limits = Limits(
        tokens=server.max_tokens,
        depth=server.max_depth,
        aliases=server.max_aliases,
        root_fields=server.max_root_fields,
        directives=server.max_directives,
        fragments=server.max_fragments,
        cost=server.max_cost,
        values=server.max_values,
    )
    return _engine(
        compiles=server.compiled == "on",
        shadow=server.shadow,
        limits=limits,
        is_discreet=server.is_public,
    )


class _Parts:
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


def _texts(trusted: str | None, engine: Engine, store: Store, now: Callable[[], datetime]) -> Texts:
    """Return what finds the documents that are named: those of a place alone, if it is told."""
    if trusted is None:
        return Persisted(store, lambda text: not engine.document(text).errors, now)
    try:
        listed = Documents(read_documents(trusted, lambda text: engine.document(text).errors))
    except BadDocumentError as error:
        message = f"{variable('server', 'trusted_documents')}: {' '.join(str(error).split())}."
        raise SettingError(message) from None
    return Trusted(listed, Persisted(store, listed.have, now))


def create_app(
    settings: Settings, now: Callable[[], datetime] = utc_now, log: Log | None = None
) -> Starlette:
    """Return the gateway.

    Args:
        settings: read by `gateway.settings.read`.
        now: the clock, in UTC.
        log: takes a line of each request; left out, none is written.

    Raises:
        SettingError: naming the first bad setting.
    """
    server = settings.server
    # A quarter is for what was made of the sources' answers, by id, and one for whole answers.
    quarter, most = server.cache_bytes // 4, server.cache_entries
    store = open_store(server.cache_url, max_bytes=2 * quarter, max_entries=most)
    objects = Objects(max_bytes=quarter, max_entries=most, now=now)
    cache = Cache(store, now, server.stale)
    records = open_records(server.cache_url)
    parts = _Parts(settings, cache, objects, Once(records), now)
    views, auth = Views(parts.view), open_auth(settings)
    engine, gate = _engine_for(server), Gate(server.max_in_flight)
    answering = Answering(
        engine,
        views,
        cache.versions.refresh if store.is_far else None,
        _texts(server.trusted_documents, engine, store, now),
        gate,
        Answers(cache.versions, max_bytes=quarter, max_entries=most, now=now)
        if server.answers == "on"
        else None,
    )
    endpoint = Endpoint(
        answering,
        auth,
        gate,
        trace="off" if server.is_public else server.trace,
        most=Most(server.max_body, server.max_variables),
        explores=not server.is_public,
        log=log,
    )
    closing = [views, auth, records, cache.versions, store]
    origins = settings.cors()
    graph: ASGIApp = endpoint
    if origins:
        graph = cors = Cors(endpoint, origins)
        gate.told = cors.told
    ready = Readiness(len(views.whole.gateway.adapters), answering.runs, store.is_reached)
    pages = [] if server.is_public else explorer.routes()
    health = [Route("/healthz", healthz), Route("/readyz", ready.readyz)]
    routes = [Route(PATH, graph), *pages, *health]
    app = _App(graph, routes=routes, lifespan=_until(closing, {STATE: gate}))
    app.router.redirect_slashes = False
    return app


class _App(Starlette):
    """Hands what is asked of the graph to what answers it at once: routing costs half as much."""

    def __init__(self, graph: ASGIApp, **parts: Any) -> None:
        super().__init__(**parts)
        self._graph = graph

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await self._graph(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class _Closing(Protocol):
    async def close(self) -> None: ...


_State = Mapping[str, Any]


def _until(
    closing: Sequence[_Closing], state: _State
) -> Callable[[Starlette], AbstractAsyncContextManager[_State]]:
    """Return a lifespan at whose end things are closed, in order: writes first, to their end.

    Args:
        closing: the things.
        state: what the server is told.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[_State]:
        del app
        try:
            yield state
        finally:
            for one in closing:
                await one.close()

    return lifespan
