"""Who takes part in which workload; servers are started when first needed, and kept."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import msgspec

from tests.benchmarks import data, rivals, servers
from tests.benchmarks.cells import Contestant
from tests.benchmarks.load import request
from tests.benchmarks.process import asked
from tests.benchmarks.rivals import Rival
from tests.benchmarks.servers import Server
from tests.benchmarks.upstream import HOUSE, LARGE, Upstream
from tests.benchmarks.workloads import STAGES_BY_ID, Workload


class UnequalError(Exception):
    """A peer's answer is not the gateway's."""


class Lineup:
    """Starts servers, and checks that they answer alike.

    Args:
        upstream: the vendors.
        with_peers: whether other GraphQL servers take part, or the gateway and the floor alone.
        with_node: whether those on Node.js do.
        stages_by_id: how many stages peers keep to be asked for by id; 0 where nobody asks.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        with_peers: bool,
        with_node: bool = True,
        stages_by_id: int = STAGES_BY_ID,
    ) -> None:
        self._upstream = upstream
        self._with_peers = with_peers
        self._with_node = with_node
        self._stages_by_id = stages_by_id
        self._running: dict[tuple[Any, ...], Server] = {}
        self._stack = ExitStack()
        self._kept: dict[str, Any] | None = None

    def __enter__(self) -> Self:
        self._folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="bench-")))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def of(self, workload: Workload) -> list[Contestant]:
        """Return who takes part in a workload, after each has answered as the gateway does.

        Raises:
            UnequalError: naming a server that answers otherwise.
        """
        self._upstream.delay(workload.delay)
        variables = workload.variables(self.ids() if "$id" in workload.query else [])
        requests = [request(workload.query, one) for one in variables]
        found = self._chosen(workload)
        answers = {name: self._first(one, workload, variables[0]) for name, one in found}
        expected = answers[servers.GATEWAY]
        for name, answer in answers.items():
            if answer != expected:
                message = f"{workload.name}: {name} answers {_difference(answer, expected)}"
                raise UnequalError(message)
        if not (workload.is_cold or workload.is_mutation):
            constant = self._start(("constant",), servers.start_constant)
            asked(constant.origin, "/graphql", {"data": expected}, "PUT")
            found.append((servers.CONSTANT, constant))
        if workload.is_cold:
            found.append((servers.RELAY, self._relay(workload, {"data": expected})))
        return [Contestant(name, server, requests) for name, server in found]

    def gateway(
        self, outreach: str = HOUSE, *, is_cold: bool = False, is_whole: bool = False
    ) -> Server:
        """Return a gateway that runs; of the house, unless told otherwise."""
        key = (servers.GATEWAY, outreach, is_cold, is_whole)
        if key in self._running:
            return self._running[key]
        sources = self._upstream.settings(outreach)
        settings = servers.gateway_settings(sources, is_cold=is_cold, is_whole=is_whole)
        server = self._start(key, lambda: servers.start_gateway(settings))
        if outreach == LARGE:
            data.keep_stages(server)
        return server

    def _chosen(self, workload: Workload) -> list[tuple[str, Server]]:
        cold, outreach = workload.is_cold, workload.outreach
        chosen = [(servers.GATEWAY, self.gateway(outreach, is_cold=cold))]
        if servers.keeps_whole() and not (cold or workload.is_mutation):
            chosen.append((servers.WHOLE, self.gateway(outreach, is_whole=True)))
        if self._with_peers:
            told = rivals.environment(self._upstream.settings(), self._data())
            some = rivals.of(workload, with_node=self._with_node)
            chosen += [(one.name, self._rival(one, told)) for one in some]
        return chosen

    def _rival(self, rival: Rival, told: dict[str, str]) -> Server:
        key = (*map(str, rival.command), *rival.environment)
        return self._start(key, lambda: servers.start(rival.command, {**told, **rival.environment}))

    def _start(self, key: tuple[Any, ...], how: Callable[[], Server]) -> Server:
        if key not in self._running:
            self._running[key] = server = how()
            self._stack.push(server.process.__exit__)
        return self._running[key]

    def _relay(self, workload: Workload, answer: Any) -> Server:
        """Return what makes the gateway's calls, and nothing of their answers."""
        self._upstream.forget_counts()
        self.gateway(workload.outreach, is_cold=True).ask(workload.query)
        origin = self._upstream.origin
        last = self._upstream.counts()["last"]
        calls = [(method, origin + path, body) for method, path, body in last]
        relay = self._start(("relay", workload.name), servers.start_relay)
        asked(relay.origin, "/graphql", {"calls": calls, "answer": answer}, "PUT")
        return relay

    def _first(self, server: Server, workload: Workload, variables: Any) -> Any:
        if not workload.is_mutation:
            return server.ask(workload.query, variables)
        # What the first one creates must not be there for the next, nor for any list.
        self._upstream.reset(HOUSE)
        answer = server.ask(workload.query, variables)
        self._upstream.reset(HOUSE)
        return answer

    def _objects(self) -> dict[str, Any]:
        if self._kept is None:
            self._kept = data.collect(self.gateway())
            many = data.keep_stages(self.gateway(LARGE)) if self._stages_by_id else []
            self._kept["outreach"] = many[: self._stages_by_id]
        return self._kept

    def ids(self) -> list[str]:
        """Return the ids of the stages that are asked for one by one, in no order."""
        ids = [one["id"] for one in self._objects()["outreach"]]
        random.Random(7).shuffle(ids)  # noqa: S311 - the same order in every run
        return ids

    def _data(self) -> Path:
        path = self._folder / "data.json"
        if not path.exists():
            path.write_bytes(msgspec.json.encode(self._objects()))
        return path


def _difference(answer: Any, expected: Any) -> str:
    """Return the first place where two answers differ, and what stands there."""
    if isinstance(answer, dict) and isinstance(expected, dict) and answer.keys() == expected.keys():
        pairs = [(key, answer[key], expected[key]) for key in answer]
    elif isinstance(answer, list) and isinstance(expected, list) and len(answer) == len(expected):
        pairs = list(zip(range(len(answer)), answer, expected, strict=True))
    else:
        return f": {answer!r}, and the gateway {expected!r}"[:500]
    return next(f".{key}{_difference(one, other)}" for key, one, other in pairs if one != other)
