"""The sources: for each of its enum's members, the folder of that name under `gateway/sources`."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from starlette.applications import Starlette

from gateway.adapter import Adapter, SourceSettings
from gateway.sandbox.emulator import Emulator
from gateway.sandbox.server import create_sandbox
from schema.types.source import Source


def _folder(source: Source, part: str = "") -> Any:
    return import_module(f"gateway.sources.{source.value}{part}")


def adapter_kinds() -> Mapping[Source, type[Adapter]]:
    """Return every source's adapter class: `ADAPTER` of the folder that the enum's value names."""
    return {source: _folder(source).ADAPTER for source in Source}


def settings_kinds() -> Mapping[Source, type[SourceSettings]]:
    """Return every source's settings struct: `Settings` of its `settings.py`."""
    return {source: _folder(source, ".settings").Settings for source in Source}


def emulator_kinds() -> list[type[Emulator]]:
    """Return every source's emulator class: `EMULATOR` of its `sandbox`."""
    return [_folder(source, ".sandbox").EMULATOR for source in Source]


def create_sandboxes() -> Starlette:
    """Return the app of all emulators and their handles."""
    return create_sandbox(emulator_kinds())
