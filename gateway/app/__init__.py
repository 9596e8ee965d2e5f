"""The composition root: the only package that knows all the others."""

from gateway.app.app import SANDBOX, create_app, create_from_environment
from gateway.app.checked import read_settings, refuse_apart, sandboxed
from gateway.app.kinds import adapter_kinds, create_sandboxes, emulator_kinds, settings_kinds
from gateway.app.views import connect, source_infos, utc_now

__all__ = [
    "SANDBOX",
    "adapter_kinds",
    "connect",
    "create_app",
    "create_from_environment",
    "create_sandboxes",
    "emulator_kinds",
    "read_settings",
    "refuse_apart",
    "sandboxed",
    "settings_kinds",
    "source_infos",
    "utc_now",
]
