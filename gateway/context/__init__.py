"""What one request carries: its view of the sources. Satisfies `schema.context.Context`."""

from gateway.context.beside import Beside
from gateway.context.pages_beside import PagesBeside
from gateway.context.request import ANYBODY, Gateway
from gateway.context.writes import Writes

__all__ = ["ANYBODY", "Gateway", "RequestContext"]


class RequestContext(Beside, PagesBeside, Writes):
    """All that resolvers may ask for."""
