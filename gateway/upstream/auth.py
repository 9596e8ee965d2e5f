"""Credentials: what a call carries so that the source knows who asks."""

from collections.abc import Mapping
from typing import Protocol

from gateway.upstream.trace import Trace


class Auth(Protocol):
    """A credential, which may run out and be renewed while the gateway runs."""

    async def headers(self, trace: Trace) -> Mapping[str, str]:
        """Return the headers that carry the credential; renew it first where it has run out.

        Args:
            trace: counts the calls that a renewal takes.

        Raises:
            errors.UpstreamFailure: if it cannot be renewed.
        """
        ...

    def forget(self, refused: Mapping[str, str]) -> bool:
        """Give up a credential that the source refused with 401.

        Args:
            refused: the headers that carried it.

        Returns:
            Whether there is, or can be, another: then `headers` is asked once more.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Fixed:
    """A credential that stays as it is; satisfies `Auth`.

    Args:
        headers: what carries it.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    async def headers(self, trace: Trace) -> Mapping[str, str]:
        """Return what was handed in."""
        del trace
        return self._headers

    def forget(self, refused: Mapping[str, str]) -> bool:
        """There is no other."""
        del refused
        return False

    async def close(self) -> None:
        """Nothing is held."""
