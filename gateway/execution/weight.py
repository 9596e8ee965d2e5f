"""What a document takes of memory, about: its tree at once, its plans as they are made."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_DOCUMENT = 6500
_TOKEN = 300
_OBJECT = 2500
_FIELD = 300
_RESOLVED = 4000
"""Bytes, as measured: a document, one of its tokens, a planned object, a field of it, and what is
beside that for a field with a resolver.
"""


class Weight:
    """The bytes that a document takes.

    Args:
        text: its text.
        tokens: in it.

    Attributes:
        bytes: so far.
        told: is called with the bytes by which it has grown; None where nobody wants to know.
    """

    __slots__ = ("bytes", "told")

    def __init__(self, text: str, tokens: int) -> None:
        self.bytes = _DOCUMENT + len(text) + _TOKEN * tokens
        self.told: Callable[[int], None] | None = None

    def add(self, fields: int) -> None:
        """Count one more planned object with so many fields."""
        self._add(_OBJECT + _FIELD * fields)

    def add_resolved(self, fields: int) -> None:
        """Count so many fields of an object that have resolvers."""
        if fields:
            self._add(_RESOLVED * fields)

    def _add(self, more: int) -> None:
        self.bytes += more
        if self.told is not None:
            self.told(more)
