"""A client of a source that the caller may not use."""

from typing import Any, NoReturn

from gateway import errors
from gateway.upstream.call import Answer, Call
from gateway.upstream.client.client import Client
from gateway.upstream.trace import Trace


class Refusing(Client):
    """Sends nothing, and knows of nothing that is kept."""

    async def send(self, call: Call[Any], trace: Trace) -> NoReturn:
        """Refuse.

        Raises:
            errors.NotAllowed: always.
        """
        del call, trace
        raise errors.NotAllowed(self.source, "read")

    async def kept(self, call: Call[Any], trace: Trace | None = None) -> Answer[Any] | None:
        """Return nothing."""
        del call, trace
        return None
