"""Switches: what a vendor leaves open, with the positions that it may have."""

import re
from collections.abc import Mapping, Sequence

_LIMIT = re.compile(r"none|[1-9][0-9]{0,8}/[1-9][0-9]{0,8}")


class SwitchError(ValueError):
    """No such switch, or no such position."""


class Switches:
    """The switches of one emulator.

    Args:
        owner: the source's name; switches are shown as `owner.name`.
        positions: what each switch may be set to, its position at the start first.
        limit: the vendor's own rate limit, "calls/seconds" or "none"; the switch `limit`.
    """

    def __init__(self, owner: str, positions: Mapping[str, Sequence[str]], limit: str) -> None:
        self._owner = owner
        self._positions = {**positions, "limit": (limit,)}
        self._now: dict[str, str] = {}
        self.reset()

    def __getitem__(self, name: str) -> str:
        """Return the position of a switch by its name without the owner."""
        return self._now[name]

    def reset(self) -> None:
        """Put every switch into its first position."""
        self._now = {name: positions[0] for name, positions in self._positions.items()}

    def shown(self) -> dict[str, str]:
        """Return all positions by full name."""
        return {f"{self._owner}.{name}": position for name, position in self._now.items()}

    def turn(self, full_name: str, position: object) -> None:
        """Turn one switch.

        Raises:
            SwitchError: telling which positions there are.
        """
        self._now[self.judge(full_name, position)] = str(position)

    def judge(self, full_name: str, position: object) -> str:
        """Return the name without the owner of a switch that has this position.

        Raises:
            SwitchError: telling which switches or positions there are.
        """
        name = full_name.removeprefix(f"{self._owner}.")
        if name not in self._positions:
            message = f"{full_name} is no switch; there are {', '.join(self.shown())}"
            raise SwitchError(message)
        if name == "limit":
            if not isinstance(position, str) or not _LIMIT.fullmatch(position):
                message = f"{full_name} takes calls/seconds, such as 6/1, or none"
                raise SwitchError(message)
        elif position not in self._positions[name]:
            message = f"{full_name} takes {', '.join(self._positions[name])}"
            raise SwitchError(message)
        return name
