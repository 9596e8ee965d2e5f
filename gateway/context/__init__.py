"""What one request carries: its view of the sources. Satisfies `schema.context.Context`."""

from gateway.context.objects import Objects
from gateway.context.pages import Pages
from gateway.context.request import Gateway

__all__ = ["Gateway", "RequestContext"]


class RequestContext(Objects, Pages):
    """All that resolvers may ask for."""
