"""Numbers in Redis that only grow, and that all gateways see."""

import re
from collections.abc import Iterable, Mapping, Sequence

from gateway.store.link import NAMESPACE, Link

_SECONDS = 24 * 3600
"""For so long a number stays that nobody lifts.

One that went by itself, or was pushed out, comes back as a larger one: that forgets what was kept
under it, once a day at most. To stay for ever, numbers of what strangers ask for would pile up.
"""

_LARGEST = 9_000_000_000_000_000
"""Below the numbers that Lua, which has only doubles, cannot tell from their neighbours."""

_NUMBER = re.compile(rb"[0-9]{1,16}")

_READ = f"""
local function read(key)
  local text = redis.call('MGET', key)[1]
  local number = text and #text <= 16 and string.match(text, '^%d+$') and tonumber(text)
  return number and number <= {_LARGEST} and number or nil
end
local function write(key, number)
  redis.call('SET', key, string.format('%.0f', number), 'EX', {_SECONDS})
end
local found = {{}}
"""

_LOOK = f"""{_READ}
for i, key in ipairs(KEYS) do
  local number = read(key)
  if not number or number < tonumber(ARGV[2 * i - 1]) then
    number = tonumber(ARGV[2 * i])
    write(key, number)
  end
  found[i] = number
end
return found
"""

_LIFT = f"""{_READ}
for i, key in ipairs(KEYS) do
  local number, least = read(key), tonumber(ARGV[i])
  if number ~= least then
    number = math.max((number or 0) + 1, least)
    write(key, number)
  end
  found[i] = number
end
return found
"""


class Counters:
    """Numbers by name; each method is one command.

    What stands in the place of a number and is none counts as nothing. All methods raise
    `gateway.store.link.LostError` where Redis cannot be reached or fails.

    Args:
        link: the way to Redis.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    async def read(self, names: Sequence[str]) -> list[int | None]:
        """Return the numbers that there are, None for one that is not."""
        found = await self._link.ask(self._link.client.mget, _keys(names))
        return [_number(one) for one in found]

    async def look(self, asks: Mapping[str, tuple[int, int]]) -> list[int]:
        """Return numbers, and put one where there is none.

        Args:
            asks: by name, the least number that counts as one, and the one to put.
        """
        keys = _keys(asks)
        numbers = [one for ask in asks.values() for one in ask]
        return await self._link.ask(self._link.client.eval, _LOOK, len(keys), *keys, *numbers)

    async def lift(self, wishes: Mapping[str, int], *, insists: bool = False) -> list[int]:
        """Let numbers grow: each to the one that is wished for, or by one if that is not more.

        One that is already what is wished for has been lifted: it stays.

        Args:
            wishes: the numbers, by name.
            insists: whether Redis is asked even if it did not answer a moment ago.
        """
        keys, ask = _keys(wishes), self._link.insist if insists else self._link.ask
        return await ask(self._link.client.eval, _LIFT, len(keys), *keys, *wishes.values())


def _keys(names: Iterable[str]) -> list[str]:
    return [f"{NAMESPACE}:{name}" for name in names]


def _number(found: bytes | None) -> int | None:
    if found is None or not _NUMBER.fullmatch(found):
        return None
    number = int(found)
    return number if number <= _LARGEST else None
