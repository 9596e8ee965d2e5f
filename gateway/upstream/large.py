"""Bounds what is held of large answers: few of one source are read at a time, the rest wait."""

import asyncio
from collections import deque
from collections.abc import Mapping

from schema.types.source import Source

LARGE = 2**20
"""Bytes from which on an answer needs a turn to be read further; hardly any has so many."""

_AT_ONCE = 2


class Turns:
    """Turns at reading large answers, in the order in which they are asked for.

    Args:
        at_once: how many there are.
    """

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._free = at_once
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Wait for a turn, which must be given back."""
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it came in the same moment
                self.give_back()
            raise

    def give_back(self) -> None:
        """Let the next one have it."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


TURNS: Mapping[Source, Turns] = {source: Turns() for source in Source}
"""Of this process: it is its memory that they bound. A source takes none of another's."""
