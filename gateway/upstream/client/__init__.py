"""The one client of a source: its only way to send."""

from gateway.upstream.client.client import Client
from gateway.upstream.client.refusing import Refusing

__all__ = ["Client", "Refusing"]
