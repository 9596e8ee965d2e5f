"""The other GraphQL servers, and the workloads that they take part in."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from schema.types.source import Source
from tests.benchmarks import machine
from tests.benchmarks.workloads import Workload

STRAWBERRY = "Strawberry, as documented"
MERCURIUS = "Mercurius, jit, DataLoader"
MERCURIUS_LISTS = "Mercurius, the gateway's calls"

FOLDER = Path(__file__).parent / "peers"
_HEADERS = {
    Source.DEVREV: ("Authorization", "Bearer token"),
    Source.OUTREACH: ("Authorization", "Bearer token"),
    Source.ESPER: ("Authorization", "Bearer api_key"),
    Source.STORYBLOK: ("Authorization", "token"),
}


def missing() -> str | None:
    """Return what keeps the servers on Node.js from taking part; None if nothing does."""
    if machine.node_version() is None:
        return "There is no Node.js on the path, so its servers take no part; `make bench` has one."
    if not (FOLDER / "mercurius" / "node_modules").exists():
        return "Mercurius is not installed, so it takes no part; `make bench` installs it."
    return None


class Rival(NamedTuple):
    """One server.

    Attributes:
        name: in the table.
        command: of it.
        environment: of its own.
    """

    name: str
    command: list[str | Path]
    environment: Mapping[str, str] = {}


def of(workload: Workload, *, with_node: bool = True) -> list[Rival]:
    """Return those that take part in a workload."""
    asks = workload.is_cold or workload.is_mutation
    module = "strawberry_cold" if asks else "strawberry_kept"
    rivals = [Rival(STRAWBERRY, [sys.executable, "-m", f"tests.benchmarks.peers.{module}"])]
    if with_node:
        command = ["node", FOLDER / "mercurius" / ("cold.mjs" if asks else "kept.mjs")]
        rivals.append(Rival(MERCURIUS, command))
        if workload.name == "W2c":
            rivals.append(Rival(MERCURIUS_LISTS, command, {"LISTS": "1"}))
    return rivals


def environment(sources: Mapping[Source, Mapping[str, str]], data: Path | None) -> dict[str, str]:
    """Return what every rival is told: the vendors, and the objects to keep in memory."""
    vendors = {source.value: _vendor(source, table) for source, table in sources.items()}
    told = {"VENDORS": msgspec.json.encode(vendors).decode(), "NODE_ENV": "production"}
    return told if data is None else {**told, "DATA": str(data)}


def _vendor(source: Source, table: Mapping[str, str]) -> dict[str, object]:
    name, shown = _HEADERS[source]
    word, _, setting = shown.rpartition(" ")
    value = f"{word} {table[setting]}".strip()
    headers = {name: value, "Accept": "application/json"}
    if source is Source.OUTREACH:
        headers |= {
            "Accept": "application/vnd.api+json",
            "Content-Type": "application/vnd.api+json",
        }
    return {"base_url": table["base_url"], "headers": headers}
