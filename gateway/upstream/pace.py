"""The line before a vendor: so many calls at once, and so many in its windows.

Calls begin in turn. Each request has one place in the line, however many calls it waits for: one
that asks for a hundred things lets those who ask for one go between.
"""

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from gateway.upstream import rates
from gateway.upstream.limits import Quota
from gateway.upstream.shared import Shared

_LEAST_SLEEP = 0.001
"""Seconds; event loops count in milliseconds."""


class TooLongError(Exception):
    """The turn comes after the deadline.

    Args:
        seconds: until a call may begin.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:g} s")
        self.seconds = seconds


class _Waiting(NamedTuple):
    """Who waits, and until when."""

    turn: asyncio.Future[None]
    until: float


def _now() -> datetime:
    return datetime.now(UTC)


class Pace:
    """Lets calls begin, as many as the vendor takes; others wait in line.

    Args:
        limit: "calls/seconds", several with commas between, or "none"; None keeps to none, nor to
            what the vendor tells: whoever sends judges that.
        concurrency: calls at once.
        now: the clock that vendors tell times by.
        shared: turns that other gateways take as well.
    """

    def __init__(
        self,
        limit: str | None,
        concurrency: float = math.inf,
        now: Callable[[], datetime] = _now,
        shared: Shared | None = None,
    ) -> None:
        self._limit = limit
        self._now = now
        self._quota = Quota(limit or "none")
        self._free = concurrency
        self._under_way = 0
        self._line: OrderedDict[Hashable, deque[_Waiting]] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None
        self._shared = shared
        self._taking: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Wait for what is under way in Redis; others may go on in this line."""
        if self._taking is not None:
            await asyncio.wait([self._taking])

    @property
    def is_busy(self) -> bool:
        """Whether the next call must wait for the vendor's limit."""
        now = asyncio.get_running_loop().time()
        shared = self._shared.at(now) if self._shared is not None else None
        return self._quota.at(now) > now or (shared is not None and shared > now)

    @property
    def words(self) -> str:
        """What the vendor does, for whoever waits in vain."""
        if self._limit in {None, "none"}:
            return "allows no more calls at the moment; ask later"
        return f"allows {self._limit} calls/seconds, and others are in line; ask for less"

    def seconds(self) -> float:
        """Return how long one who came now would wait."""
        now = asyncio.get_running_loop().time()
        return max(0.0, self._quota.at(now, 1 + self._waiting()) - now)

    def _waiting(self) -> int:
        return sum(map(len, self._line.values()))

    async def turn(self, request: Hashable = None, until: float = math.inf) -> list[float] | None:
        """Wait until one more call may begin.

        Args:
            request: for which it is made.
            until: the event loop's time after which it is in vain.

        Returns:
            What `leave` takes when the call is done.

        Raises:
            TooLongError: if the turn would come too late; told as soon as that is known.
        """
        now = asyncio.get_running_loop().time()
        if self._line or self._free <= 0 or not self._take(now):
            await self._wait(request, until, now)
            now = asyncio.get_running_loop().time()
        else:
            self._free -= 1
        self._under_way += 1
        return self._quota.begin(now)

    def _take(self, now: float) -> bool:
        """Take the turn of one call, if it may begin now."""
        if self._quota.at(now) > now:
            return False
        if self._shared is not None:
            at = self._shared.at(now)
            if at is None or at > now:
                return False
            self._shared.use()
        return True

    def leave(self, call: list[float] | None) -> None:
        """Note that a call is done."""
        self._free += 1
        self._under_way -= 1
        if call is not None:
            self._quota.end(call, asyncio.get_running_loop().time())
        if self._line:
            self._move()

    def give_back(self, call: list[float] | None) -> None:
        """Leave without having sent anything, in the moment in which the turn came."""
        self._quota.take_back(call)
        if self._shared is not None:
            self._shared.give_back(asyncio.get_running_loop().time())
        self.leave(None)

    def hear(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Note what an answer's headers tell of the limit, before its call is done."""
        told = rates.read(headers, self._now) if self._limit is not None else None
        if told is not None:
            self._quota.correct(told, asyncio.get_running_loop().time(), self._under_way - 1)

    def refused(self, told: float | None) -> None:
        """Note that a call was one too many, and for how many seconds the vendor wants none."""
        if self._limit is None:
            return
        now = asyncio.get_running_loop().time()
        self._quota.refused(told, now)
        self._send_home(self._quota.at(now), now)

    def _send_home(self, at: float, now: float) -> None:
        """Tell those whose time is up before the next turn comes."""
        for line in self._line.values():
            for one in line:
                if one.until < at and not one.turn.done():
                    one.turn.set_exception(TooLongError(at - now))

    async def _wait(self, request: Hashable, until: float, now: float) -> None:
        round_ = len(self._line.get(request, ())) + 1
        ahead = sum(min(len(line), round_) for line in self._line.values())
        at = self._quota.at(now, ahead + 1)
        if at > until:
            raise TooLongError(at - now)
        waiting = _Waiting(asyncio.get_running_loop().create_future(), until)
        self._line.setdefault(request, deque()).append(waiting)
        if self._timer is None:
            self._move()
        try:
            await waiting.turn
        except BaseException:
            self._drop(request, waiting)
            raise
        self._quota.grant(-1)

    def _drop(self, request: Hashable, waiting: _Waiting) -> None:
        """Leave the line; give the turn back, if it came in the moment of leaving."""
        turn = waiting.turn
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self._quota.grant(-1)
            self._free += 1
            if self._shared is not None:
                self._shared.give_back(asyncio.get_running_loop().time())
            self._move()
            return
        line = self._line.get(request)
        if line is not None and waiting in line:
            line.remove(waiting)
            if not line:
                del self._line[request]

    def _move(self) -> None:
        """Give turns to those in front, as long as there are any."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        while self._line and self._free > 0:
            now = loop.time()
            front = next(iter(self._line.values()))[0]
            if front.turn.done():
                self._next()
            elif self._take(now):
                self._next()
                self._free -= 1
                self._quota.grant()
                front.turn.set_result(None)
            else:
                self._wake(now)
                return

    def _wake(self, now: float) -> None:
        """See to it that the line moves when the next turn comes."""
        at, shared = self._quota.at(now), None
        if at <= now and self._shared is not None:
            shared = self._shared.at(now)
            if shared is None:
                if self._taking is None:
                    self._taking = asyncio.get_running_loop().create_task(self._take_shared())
                return
            at = shared
        moment = max(at, now + _LEAST_SLEEP)
        self._timer = asyncio.get_running_loop().call_at(moment, self._move)

    async def _take_shared(self) -> None:
        """Take turns that other gateways could take as well."""
        shared, loop = self._shared, asyncio.get_running_loop()
        try:
            if shared is not None and self._line:
                latest = max(one.until for line in self._line.values() for one in line)
                at = await shared.take(self._waiting(), latest)
                if at is None:
                    at = shared.at(loop.time())
                if at is not None:
                    self._send_home(at, loop.time())
        finally:
            self._taking = None
        self._move()

    def _next(self) -> None:
        """Take away who is in front; the next one of the same request goes to the end."""
        request, line = next(iter(self._line.items()))
        line.popleft()
        if line:
            self._line.move_to_end(request)
        else:
            del self._line[request]
