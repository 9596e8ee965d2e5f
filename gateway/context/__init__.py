"""What one request carries: its view of the sources. Satisfies `schema.context.Context`."""

from gateway.context.objects import Objects
from gateway.context.pages import Pages
from gateway.context.request import Gateway
from gateway.context.writes import Writes

__all__ = ["Gateway", "RequestContext"]


class RequestContext(Objects, Pages, Writes):
    """All that resolvers may ask for."""
