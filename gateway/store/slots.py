"""Turns in windows that gateways share: who asks is told when its next calls may begin."""

from collections.abc import Sequence

from gateway.store.link import NAMESPACE, Link

_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local key, most, horizon, early = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local longest, calls = 0, 0
for i = 4, #ARGV, 2 do
  calls = math.max(calls, tonumber(ARGV[i]))
  longest = math.max(longest, tonumber(ARGV[i + 1]))
end
local function turn(place)
  local text = redis.call('LINDEX', key, place)
  return text and tonumber(text)
end
local last = turn(-1)
if not last or last > now + longest + horizon then
  redis.call('DEL', key)  -- nothing, not ours, or of a clock that has been put back
  last = now
end
local found = {}
while #found < most do
  local at = math.max(now, last)
  for i = 4, #ARGV, 2 do
    local before = turn(-tonumber(ARGV[i]))
    if before then at = math.max(at, before + tonumber(ARGV[i + 1])) end
  end
  local wait = at - now
  if wait > horizon or (#found > 0 and wait > early) then
    if #found == 0 then found[1] = -wait end
    break
  end
  redis.call('RPUSH', key, string.format('%.0f', at))
  found[#found + 1] = wait
  last = at
end
redis.call('LTRIM', key, -calls, -1)
redis.call('PEXPIRE', key, longest + horizon + 1000)
return found
"""
"""Each turn is the latest of: now, the turn before it, and, for each window, the turn that is as
many before it as the window has calls, and the window's length later."""


class TooLongError(Exception):
    """No turn comes within the time that was given.

    Args:
        seconds: until the next one.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:g} s")
        self.seconds = seconds


class Slots:
    """Turns by name; those who share a Redis share them.

    Args:
        link: the way to Redis.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def take(
        self,
        name: str,
        windows: Sequence[tuple[int, float]],
        *,
        most: int,
        horizon: float,
        early: float,
    ) -> list[float]:
        """Take the next turns; one command. Turns that are not used are lost.

        Args:
            name: whose windows they are.
            windows: calls and seconds, at least one.
            most: turns to take, at least one.
            horizon: seconds within which the first of them must be.
            early: seconds within which all others must be.

        Returns:
            Seconds from now until each turn, at least one.

        Raises:
            TooLongError: if none comes within the horizon; none is taken then.
            gateway.store.link.LostError: if Redis cannot be reached or fails.
        """
        numbers = [most, _ms(horizon), _ms(early)]
        for calls, seconds in windows:
            numbers += [calls, _ms(seconds)]
        ask = self._link.client.eval
        found = await self._link.ask(ask, _TAKE, 1, f"{NAMESPACE}:{name}", *numbers)
        if found[0] < 0:
            raise TooLongError(-found[0] / 1000)
        return [one / 1000 for one in found]


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
