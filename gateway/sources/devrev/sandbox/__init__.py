"""DevRev's API as an emulator with state and quirks."""

from gateway.sources.devrev.sandbox.emulator import DevRev

__all__ = ["EMULATOR"]

EMULATOR = DevRev
