"""What values of settings can be, and the error of one that is none of it."""

from typing import Annotated, Any

from msgspec import Meta


class SettingError(Exception):
    """A setting is unknown or bad; the message is one line and shows no secret's value."""


class Secret:
    """A text that does not show itself."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text; to be called only where it is sent."""
        return self._text

    def __repr__(self) -> str:
        """Show nothing."""
        return "Secret(...)"


def read_secret(kind: type, value: object) -> Any:
    """Read a value as a secret; msgspec's `dec_hook`.

    Raises:
        ValueError: if it is none.
    """
    if kind is not Secret:
        raise NotImplementedError
    text = value.strip() if isinstance(value, str) else ""
    if not text or not text.isascii() or not text.isprintable():
        message = "a secret is printable ASCII"
        raise ValueError(message)
    return Secret(text)


Seconds = Annotated[float, Meta(gt=0, le=600)]
Address = Annotated[str, Meta(pattern=r"^https?://[^\s?#]+\Z")]
