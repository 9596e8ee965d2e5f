"""The one client of a source: its only way to send."""

from gateway.upstream.client.client import Client

__all__ = ["Client"]
