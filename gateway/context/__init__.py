"""What one request carries: its view of the sources. Satisfies `schema.context.Context`."""

from gateway.context.context import RequestContext
from gateway.context.request import Gateway
from gateway.context.views import View, Views

__all__ = ["Gateway", "RequestContext", "View", "Views"]
