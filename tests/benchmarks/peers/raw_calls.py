"""The floor of every upstream call: aiohttp asks for some addresses and reads the answers.

`python -m tests.benchmarks.peers.raw_calls ADDRESS...` prints microseconds of CPU for each call.
"""

import asyncio
import sys
import time
from collections.abc import Sequence

import aiohttp
import uvloop

CALLS = 4000
AT_ONCE = 20

_HEADERS = {"Authorization": "Bearer sandbox", "Accept": "application/json"}


async def _calls(session: aiohttp.ClientSession, addresses: Sequence[str], count: int) -> None:
    async def caller(first: int) -> None:
        for number in range(first, count, AT_ONCE):
            async with session.get(addresses[number % len(addresses)], headers=_HEADERS) as answer:
                answer.raise_for_status()
                await answer.read()

    await asyncio.gather(*(caller(first) for first in range(AT_ONCE)))


async def measure(addresses: Sequence[str]) -> float:
    """Return microseconds of CPU for each call."""
    async with aiohttp.ClientSession() as session:
        await _calls(session, addresses, CALLS // 10)
        before = time.process_time()
        await _calls(session, addresses, CALLS)
        return (time.process_time() - before) / CALLS * 1e6


if __name__ == "__main__":
    print(uvloop.run(measure(sys.argv[1:])))  # noqa: T201 - its purpose
