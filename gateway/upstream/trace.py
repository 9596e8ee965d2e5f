"""What one list or one lookup has cost so far."""


class Trace:
    """Counts the calls that a list or a lookup waited for."""

    __slots__ = ("calls",)

    def __init__(self) -> None:
        self.calls = 0
