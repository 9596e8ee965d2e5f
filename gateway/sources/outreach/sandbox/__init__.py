"""Outreach's API v2 as an emulator with state and quirks."""

from gateway.sources.outreach.sandbox.emulator import Outreach

EMULATOR = Outreach
