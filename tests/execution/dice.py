"""Draws things, the same ones from the same seed."""

from collections.abc import Sequence
from typing import Any


class Dice:
    """Like `random.Random`, but made in no time: there is one for each value.

    Args:
        seed: all that is drawn follows from it.
    """

    def __init__(self, seed: int) -> None:
        self._state = seed
        self.random()

    def random(self) -> float:
        """Return a number from 0 up to 1."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 11) / 2**53

    def choice(self, them: Sequence[Any]) -> Any:
        """Return one of them."""
        return them[int(self.random() * len(them))]

    def randint(self, least: int, most: int) -> int:
        """Return a whole number, of which each is as likely."""
        return least + int(self.random() * (most - least + 1))

    def sample(self, them: Sequence[Any], count: int) -> list[Any]:
        """Return so many of them in any order, none twice."""
        return sorted(them, key=lambda _: self.random())[:count]
