"""Esper's pipelines API v0 as an emulator with state and quirks."""

from gateway.sources.esper.sandbox.emulator import Esper

__all__ = ["EMULATOR"]

EMULATOR = Esper
