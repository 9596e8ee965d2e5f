"""The gateway, put together of all its parts."""

import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.app.checked import read_settings, sandboxed
from gateway.app.views import Parts, utc_now
from gateway.bounds import Judge, Limits
from gateway.cache.cache import Cache
from gateway.cache.objects import Objects
from gateway.context import Views
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
from gateway.settings import Server, SettingError, Settings, variable
from gateway.store import open_records, open_store
from gateway.store.store import Store
from gateway.telemetry import Log, set_up_logs
from gateway.writes import Once
from schema import build

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
    parts = Parts(settings, cache, objects, Once(records), now)
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
