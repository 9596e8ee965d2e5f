"""What TLS to the vendors is verified with, and the sessions that it takes up again."""

import ssl
from functools import cache
from typing import Self

import certifi


class Trust(ssl.SSLContext):
    """A context whose connections resume the latest session with the same host.

    That saves a round trip, the certificates and most of the reckoning. The event loops know
    nothing of sessions, but ask the context for each connection's half of TLS.

    Args:
        roots: the file of the certificates that are trusted.
    """

    def __new__(cls, roots: str) -> Self:
        """Make a context that verifies certificates and names."""
        del roots
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, roots: str) -> None:
        self._sessions: dict[str, ssl.SSLSession] = {}
        self.load_verify_locations(roots)
        self.set_alpn_protocols(["http/1.1"])

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: FBT001, FBT002 - as it is inherited
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """Begin a connection's half of TLS."""
        if session is None:
            session = self._sessions.get(str(server_hostname))
        return super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)

    def remember(self, half: ssl.SSLObject) -> None:
        """Keep the session of a connection; with TLS 1.3 it comes after the handshake.

        Args:
            half: the connection's half of TLS.
        """
        session = half.session
        if session is not None:
            self._sessions[str(half.server_hostname)] = session


@cache
def trust() -> Trust:
    """Return the one of this process; reading the certificates takes longer than a call."""
    return Trust(certifi.where())
