"""Every request finds the route that it would find if all were tried in turn."""

from collections.abc import Iterator

import pytest
from starlette.routing import Match, Route
from starlette.types import Scope

from gateway.app import emulator_kinds
from gateway.sandbox.counters import Counters
from gateway.sandbox.faults import Faults
from gateway.sandbox.routing import Routes
from tests.sandbox.shelf import Ladder, Shelf

ROUTES = [
    route
    for kind in (*emulator_kinds(), Shelf, Ladder)
    for route in kind(Counters(), Faults()).routes()
]
STRAYS = ("/", "//", "", "/_sandbox/requests", "/devrevs", "/devrev", "/esper/", "/%7Bnowhere%7D")


def paths() -> Iterator[str]:
    """Return a path for each route, and what stands above and below it."""
    for route in ROUTES:
        path = route.path.replace("{nowhere:path}", "no/where")
        for name in route.param_convertors:
            path = path.replace(f"{{{name}}}", "7")
        yield from (path, path.rstrip("/"), path + "/", path + "/allowed_actions")
    yield from STRAYS


def in_turn(scope: Scope) -> tuple[Route, Scope] | None:
    for one in ROUTES:
        match, wanted = one.matches(scope)
        if match is Match.FULL:
            return one, wanted
    return None


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_the_same_is_found(method: str) -> None:
    routes = Routes(ROUTES)
    found = 0
    for path in set(paths()):
        scope = {"type": "http", "method": method, "path": path, "root_path": "", "path_params": {}}
        match, wanted = routes.matches(scope)
        expected = in_turn(scope)
        if expected is None:
            assert match is Match.NONE, path
        else:
            found += 1
            assert match is Match.FULL, path
            assert (wanted.pop("route"), wanted) == expected, path
    assert found > len(STRAYS)


def test_nothing_but_http_is_routed() -> None:
    assert Routes(ROUTES).matches({"type": "websocket", "path": "/devrev"}) == (Match.NONE, {})
