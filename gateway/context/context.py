"""All that resolvers may ask a request for."""

from gateway.context.beside import Beside
from gateway.context.pages_beside import PagesBeside
from gateway.context.writes import Writes


class RequestContext(Beside, PagesBeside, Writes):
    """Satisfies `schema.context.Context`."""
