"""What one request carries: its view of the sources. Satisfies `schema.context.Context`."""

from gateway.context.beside import Beside
from gateway.context.pages_beside import PagesBeside
from gateway.context.request import Gateway
from gateway.context.views import View, Views
from gateway.context.writes import Writes

__all__ = ["Gateway", "RequestContext", "View", "Views"]


class RequestContext(Beside, PagesBeside, Writes):
    """All that resolvers may ask for."""
