"""The ASGI edge, one concern a file."""
