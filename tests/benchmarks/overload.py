"""A gateway that is asked ten times as much as it can answer.

`python -m tests.benchmarks.overload`. First as many callers ask as it takes for
its full throughput. Then requests are sent at ten times that rate, whether or not earlier ones were
answered. Two seconds later as many callers ask as at first. Nothing is kept, and each request asks
for other objects. It is done twice: where vendors are what bounds it, 20 ms away and called as
often at once as by itself; and where its own core does, by lists of four vendors that answer at
once. The load and the vendors run on another core.
"""

import asyncio
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import httptools
import uvloop

from schema.types.ids import Kind
from schema.types.source import Source
from tests.benchmarks import load, machine, servers
from tests.benchmarks.upstream import HOUSE, LARGE, LARGEST, SCALES, Upstream
from tests.benchmarks.workloads import PARTS
from tests.http.asking import gid

MOST = 256
"""Requests that are let in at once, as by itself."""

TIMES = 10
SECONDS, ROUNDS = 4.0, 2

_REST = 2.0
_CONNECTIONS = 2500
_IDS, _REQUESTS = 20, 500
_OK, _REFUSED = 200, 503

_BY_ID = "nodes(ids: $ids) { id ... on Stage { name position updatedAt } }"
_SINCE = "filter: {types: [ISSUE], createdAt: {gte: $since}}"
_LISTS = " ".join([
    f"works(first: 20, {_SINCE}) {{ nodes {{ id title updatedAt }} }}",
    PARTS["esper"], PARTS["storyblok"],
])  # fmt: skip


class Cell(NamedTuple):
    """What is asked, and of whom.

    Attributes:
        name: what bounds the gateway.
        query: takes `ids` of stages, and `since`, which no other request has.
        delay: seconds that every vendor takes to answer.
        callers: who ask at once at full throughput.
    """

    name: str
    query: str
    delay: float
    callers: int

    def requests(self) -> list[bytes]:
        """Return requests for other objects each."""
        ids = [gid(Source.OUTREACH, Kind.STAGE, at + 1) for at in range(_REQUESTS * _IDS)]
        parts = [ids[at : at + _IDS] for at in range(0, len(ids), _IDS)]
        told = [{"ids": part, "since": _since(at)} for at, part in enumerate(parts)]
        return [load.request(self.query, one) for one in told]


def _since(at: int) -> str:
    return f"2020-01-01T{at // 60 % 24:02}:{at % 60:02}:00Z"


CELLS = (
    Cell("vendors", f"query($ids: [ID!]!) {{ {_BY_ID} }}", 0.02, MOST),
    Cell(
        "its own core", f"query($ids: [ID!]!, $since: DateTime!) {{ {_BY_ID} {_LISTS} }}", 0.0, 64
    ),
)


class Seen(NamedTuple):
    """What came of one load.

    Attributes:
        rate: good answers per second. by_cpu: by the second of the gateway's CPU.
        p99: of good answers, in milliseconds.
        refused: answers with 503 per second. refused_p99: likewise.
        others: answers that were neither, connections that broke, and requests that found no
            connection.
        megabytes: the most of the gateway's memory.
        waited: the part of the time in which others had the gateway's core.
    """

    rate: float
    by_cpu: float
    p99: float
    refused: float
    refused_p99: float
    others: int
    megabytes: float
    waited: float

    @property
    def throughput(self) -> float:
        """Good answers by the second in which the core was the gateway's."""
        return self.rate / (1 - self.waited)


class Judged(NamedTuple):
    """Whether the gateway kept what it promises: what is asked, what was seen, and if it is so."""

    what: str
    seen: str
    is_so: bool


def judged(full: Seen, over: Seen, after: Seen, *, by_core: bool = False) -> list[Judged]:
    """Hold what was seen against what is promised.

    Args:
        full: at full throughput. over: at ten times as much. after: as at first, later.
        by_core: whether the gateway's core is what bounds it; then what others have of it counts.
    """
    rates = [one.throughput if by_core else one.rate for one in (full, over, after)]
    share, again = rates[1] / rates[0], rates[2] / rates[0]
    grown = over.megabytes - full.megabytes
    return [
        Judged("at least 90% of full throughput", f"{share:.0%}", share >= 0.9),
        Judged("p99 under 1 s", f"{over.p99:.0f} ms", over.p99 < 1000),
        Judged("nothing but 200 and 503", f"{over.others} others", not over.others),
        Judged("memory grows by less than 50 MB", f"{grown:.0f} MB", grown < 50),
        Judged("all is as before 2 s later", f"{again:.0%}", again >= 0.9),
    ]


class Callers:
    """Sends requests over many connections and counts what comes.

    Args:
        origin: the gateway's address.
        requests: taken in turn.
    """

    def __init__(self, origin: str, requests: Sequence[bytes]) -> None:
        host, _, port = origin.removeprefix("http://").partition(":")
        self._place = host, int(port)
        self._requests = requests
        self._sent = 0
        self.free: deque[_Caller] = deque()
        self.answered: Callable[[_Caller], None] = self.free.append
        self.times: dict[int, list[float]] = {_OK: [], _REFUSED: []}
        self.others: Counter[str] = Counter()

    async def connect(self, count: int) -> None:
        """Make connections."""
        loop = asyncio.get_running_loop()
        for _ in range(count):
            _, caller = await loop.create_connection(lambda: _Caller(self), *self._place)
            self.free.append(caller)

    def next(self) -> bytes:
        """Return the next request."""
        self._sent += 1
        return self._requests[self._sent % len(self._requests)]

    def note(self, caller: "_Caller", status: int, seconds: float) -> None:
        """Note an answer."""
        if status in self.times:
            self.times[status].append(seconds)
        else:
            self.others[str(status)] += 1
        self.answered(caller)

    def send(self) -> None:
        """Send a request, if a connection is free."""
        if self.free:
            self.free.popleft().send()
        else:
            self.others["no connection was free"] += 1

    def seen(self, seconds: float, usage: "_Usage") -> Seen:
        """Return what was seen."""
        good, refused = (self.times[status] for status in (_OK, _REFUSED))
        return Seen(
            len(good) / seconds,
            len(good) / usage.cpu(),
            _p99(good),
            len(refused) / seconds,
            _p99(refused),
            self.others.total(),
            usage.megabytes,
            usage.waited() / seconds,
        )


class _Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers
        self._since = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._parser = httptools.HttpResponseParser(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._since:
            self._callers.others["a connection broke"] += 1

    def send(self) -> None:
        self._since = time.perf_counter()
        self._transport.write(self._callers.next())

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        seconds, self._since = time.perf_counter() - self._since, 0.0
        self._callers.note(self, self._parser.get_status_code(), seconds)

    def close(self) -> None:
        self._since = 0.0
        self._transport.abort()


def _p99(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)] * 1000 if times else 0.0


class _Usage:
    """What a process takes from now on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._since = machine.cpu_seconds(pid)
        self._waited = machine.waited_seconds(pid)
        self.megabytes = 0.0

    def cpu(self) -> float:
        """Return the seconds of CPU."""
        return machine.cpu_seconds(self._pid) - self._since

    def waited(self) -> float:
        """Return the seconds in which it could have run, and others did."""
        return machine.waited_seconds(self._pid) - self._waited

    async def watch(self) -> None:
        """Look at its memory now and then."""
        while True:
            self.megabytes = max(self.megabytes, machine.resident(self._pid))
            await asyncio.sleep(0.1)


async def closed(
    server: servers.Server, requests: Sequence[bytes], count: int, seconds: float
) -> Seen:
    """Let so many callers ask, each again when it is answered."""
    callers = Callers(server.origin, requests)
    await callers.connect(count)
    asking = list(callers.free)
    usage = _Usage(server.process.pid)
    watching = asyncio.create_task(usage.watch())
    callers.answered = _Caller.send
    for one in asking:
        one.send()
    await asyncio.sleep(seconds)
    seen = callers.seen(seconds, usage)
    for one in asking:
        one.close()
    watching.cancel()
    return seen


async def opened(
    server: servers.Server, requests: Sequence[bytes], rate: float, seconds: float
) -> Seen:
    """Send so many requests each second, whatever becomes of them."""
    callers = Callers(server.origin, requests)
    await callers.connect(_CONNECTIONS)
    every = list(callers.free)
    usage = _Usage(server.process.pid)
    watching = asyncio.create_task(usage.watch())
    begun, sent = time.perf_counter(), 0
    while (passed := time.perf_counter() - begun) < seconds:
        due = int(passed * rate)
        for _ in range(due - sent):
            callers.send()
        sent = due
        await asyncio.sleep(0.001)
    seen = callers.seen(passed, usage)
    for one in every:
        one.close()
    watching.cancel()
    return seen


def together(rounds: Sequence[Seen]) -> Seen:
    """Return what was seen in several rounds: means, but the worst of latencies and memory."""
    means = {name: _mean(rounds, name) for name in ("rate", "by_cpu", "refused", "waited")}
    worst = {name: _worst(rounds, name) for name in ("p99", "refused_p99", "megabytes")}
    return Seen(**means, **worst, others=sum(one.others for one in rounds))


def _mean(rounds: Sequence[Seen], name: str) -> float:
    return sum(getattr(one, name) for one in rounds) / len(rounds)


def _worst(rounds: Sequence[Seen], name: str) -> float:
    return max(getattr(one, name) for one in rounds)


async def measure(
    server: servers.Server, requests: Sequence[bytes], callers: int, seconds: float = SECONDS
) -> tuple[Seen, Seen, Seen]:
    """Return what is seen at full throughput, at ten times as much, and afterwards.

    In turns, as the machine is not as fast at one time as at another.
    """
    seen: list[tuple[Seen, Seen, Seen]] = []
    for _ in range(ROUNDS):
        await asyncio.sleep(_REST)
        full = await closed(server, requests, callers, seconds)
        over = await opened(server, requests, TIMES * full.rate, seconds)
        await asyncio.sleep(_REST)
        seen.append((full, over, await closed(server, requests, callers, seconds)))
    fulls, overs, afters = zip(*seen, strict=True)
    # Memory grows from what it was before the first of them.
    full = together(fulls)._replace(megabytes=fulls[0].megabytes)
    return full, together(overs), together(afters)


def _measured(cell: Cell, upstream: Upstream) -> tuple[Seen, Seen, Seen]:
    upstream.delay(cell.delay)
    settings = servers.gateway_settings(upstream.settings(LARGE), is_cold=True)
    settings |= {"STAGEGRAPH_MAX_IN_FLIGHT": str(MOST), "STAGEGRAPH_LOG": "info"}
    server = servers.start_gateway(settings)
    with server.process:
        requests = cell.requests()
        load.run(server.origin, requests, 2 * len(requests), 32)  # the stub has seen all
        return uvloop.run(measure(server, requests, cell.callers))


def _tell(cell: Cell, found: tuple[Seen, Seen, Seen]) -> bool:
    print(f"The gateway is bounded by {cell.name}:")  # noqa: T201 - what it is for
    for name, seen in zip(("full", "ten times", "after"), found, strict=True):
        told = ", ".join(f"{field} {value:.3g}" for field, value in seen._asdict().items())
        print(f"{name:<10} {told}")  # noqa: T201
    results = judged(*found, by_core=not cell.delay)
    for one in results:
        print(f"{'yes' if one.is_so else 'NO':<4} {one.what}: {one.seen}")  # noqa: T201
    return all(one.is_so for one in results)


def main() -> int:
    """Print what was seen; 1 if a promise was not kept."""
    machine.check()
    machine.raise_file_limit()
    core = machine.bind_to_load()
    with Upstream(core, {LARGE: LARGEST, HOUSE: SCALES[HOUSE]}) as upstream:
        kept = [_tell(cell, _measured(cell, upstream)) for cell in CELLS]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
