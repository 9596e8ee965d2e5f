"""What is measured once: the start, the memory after all workloads, a crowd, one upstream call."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from tests.benchmarks import load, machine, servers
from tests.benchmarks.cells import Contestant, by_turns
from tests.benchmarks.lineup import Lineup
from tests.benchmarks.upstream import HOUSE, LARGE, Upstream
from tests.benchmarks.workloads import WORKLOADS

STARTS = 3
CROWD = 1000
_REQUESTS = 64

_CALLS = "{ pipelines(first: 20) { nodes { id name stages(first: 10) { nodes { id name } } } } }"
"""An operation that costs one small call for each pipeline."""


class Life(NamedTuple):
    """What was measured.

    Attributes:
        start: seconds from the start to the first answer. start_cpu: of CPU.
        memory: MB after all workloads.
        alone: upstream calls of one cold query. crowd: of a thousand callers of it at once.
        call: microseconds that a small upstream call costs the gateway. raw: costs aiohttp.
    """

    start: float
    start_cpu: float
    memory: float
    alone: int
    crowd: int
    call: float
    raw: float


def live(lineup: Lineup, upstream: Upstream, rounds: int) -> Life:
    """Measure all of it."""
    seconds, cpu = starts(upstream)
    alone, crowd = crowds(upstream)
    call, raw = one_call(lineup, upstream, rounds)
    return Life(seconds, cpu, memory(lineup, upstream), alone, crowd, call, raw)


def starts(upstream: Upstream) -> tuple[float, float]:
    """Return the seconds and the CPU seconds to the first answer; medians."""
    found: list[tuple[float, float]] = []
    for _ in range(STARTS):
        server = servers.start_gateway(_as_it_comes(upstream))
        with server.process:
            found.append((server.seconds, machine.cpu_seconds(server.process.pid)))
    return median(one for one, _ in found), median(one for _, one in found)


def _as_it_comes(upstream: Upstream, outreach: str = HOUSE) -> Mapping[str, str]:
    """Return settings under which the gateway keeps what it keeps by itself."""
    return servers.gateway_settings(upstream.settings(outreach), is_whole=True, ttl=None)


def crowds(upstream: Upstream) -> tuple[int, int]:
    """Return the upstream calls of one caller of a cold query, and of a thousand at once."""
    upstream.delay(0.02)
    totals: list[int] = []
    for callers in (1, CROWD):
        server = servers.start_gateway(_as_it_comes(upstream))
        with server.process:
            upstream.forget_counts()
            requests = [load.request(WORKLOADS["W2c"].query)]
            load.run(server.origin, requests, callers, callers)
            totals.append(upstream.counts()["total"])
    upstream.delay(0)
    return totals[0], totals[1]


def memory(lineup: Lineup, upstream: Upstream) -> float:
    """Return the memory after all workloads, 5,000 stages by their ids among them, in MB."""
    ids = lineup.ids()
    server = servers.start_gateway(_as_it_comes(upstream, LARGE))
    with server.process:
        for workload in WORKLOADS.values():
            variables = workload.variables(ids if "$id" in workload.query else [])
            requests = [load.request(workload.query, one) for one in variables]
            count = max(_REQUESTS, len(variables))
            load.run(server.origin, requests, count, workload.callers)
        return machine.resident(server.process.pid)


def one_call(lineup: Lineup, upstream: Upstream, rounds: int) -> tuple[float, float]:
    """Return the CPU of one small upstream call, in microseconds: the gateway's and aiohttp's.

    The gateway's is what a query of many calls costs more than the same query from memory.
    """
    requests = [load.request(_CALLS)]
    some = [
        Contestant("one call each, cold", lineup.gateway(is_cold=True), requests),
        Contestant("the same, kept", lineup.gateway(), requests),
    ]
    cold, kept = by_turns(some, 1, upstream, rounds=rounds).values()
    lineup.gateway(is_cold=True).ask(_CALLS)
    routes: Mapping[str, int] = upstream.counts()["routes"]
    paths = [route.removeprefix("GET ") for route in routes if route.endswith("/stages/")]
    addresses = [f"{upstream.origin}/{HOUSE}/{path}?limit=100" for path in paths]
    raw = median(_raw(addresses) for _ in range(rounds))
    return (cold.cpu - kept.cpu) / cold.calls, raw


def _raw(addresses: Sequence[str]) -> float:
    core, _ = machine.cores()
    command = [sys.executable, "-m", "tests.benchmarks.peers.raw_calls", *addresses]
    with machine.on_core(core):
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return float(done.stdout)
