"""Finds the route of a request; to try those of all vendors in turn takes longer than to answer."""

from collections import defaultdict
from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send


class Routes(BaseRoute):
    """Many routes as one.

    One whose path has no parameters is looked up; of the others, those that begin alike are tried
    in turn.

    Args:
        routes: each with a path whose first part is no parameter.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_path: dict[tuple[str, str], Route] = {}
        self._by_start: defaultdict[str, list[Route]] = defaultdict(list)
        for one in routes:
            self._by_start[_start(one.path)].append(one)
            if "{" not in one.path:
                for method in one.methods or ():
                    self._by_path.setdefault((method, one.path), one)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether a route fits, and what it wants in the scope, with itself as `route`."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path: str = scope["path"]
        found = self._by_path.get((scope["method"], path))
        for one in [found] if found else self._by_start.get(_start(path), ()):
            match, wanted = one.matches(scope)
            if match is Match.FULL:
                return match, {**wanted, "route": one}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the route answer that was found."""
        await scope["route"].handle(scope, receive, send)


def _start(path: str) -> str:
    return path.partition("/")[2].partition("/")[0]
