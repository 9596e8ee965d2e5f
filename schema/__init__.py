"""The graph: its types, inputs and resolvers. Knows no HTTP, no cache and no vendor's client."""

from schema.build import build

__all__ = ["build"]
