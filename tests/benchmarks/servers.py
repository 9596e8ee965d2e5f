"""The servers that are measured, and how each is started."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gateway.settings import Server as ServerSettings
from schema.types.source import Source
from tests.benchmarks import machine
from tests.benchmarks.process import SECONDS_TO_START, Process, asked

GATEWAY = "gateway"
WHOLE = "gateway, answers kept whole"
CONSTANT = "uvicorn, a constant"
RELAY = "aiohttp, the same calls"

_TOLD = "Explorer and endpoint: "
_FOREVER = "9999999"


class Server(NamedTuple):
    """One that runs.

    Attributes:
        process: its process.
        origin: its address.
        seconds: from its start to its first answer.
    """

    process: Process
    origin: str
    seconds: float

    def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """Return the data of one answer.

        Raises:
            RuntimeError: if it has errors.
        """
        answer = asked(
            self.origin, "/graphql", {"query": query, "variables": dict(variables or {})}
        )
        if answer.get("errors"):
            message = f"{query[:200]} was answered {str(answer['errors'])[:1000]}"
            raise RuntimeError(message)
        return answer["data"]


def keeps_whole() -> bool:
    """Tell whether this gateway keeps whole answers, which can then be switched off."""
    return "answers" in ServerSettings.__struct_fields__


def gateway_settings(
    sources: Mapping[Source, Mapping[str, str]],
    *,
    is_cold: bool = False,
    is_whole: bool = False,
    ttl: str | None = _FOREVER,
) -> dict[str, str]:
    """Return the gateway's environment.

    Args:
        sources: the settings that lead to each source.
        is_cold: whether nothing is kept.
        is_whole: whether answers are kept whole, where this gateway can.
        ttl: seconds to keep everything that is kept; None for what the sources have by themselves.
    """
    # The sandboxes, which are asked for everything once, take longer than vendors do.
    settings = {"STAGEGRAPH_PORT": "0", "STAGEGRAPH_DEADLINE": "60"}
    # A line of each request is written, though nobody else writes any; a crowd is let in.
    settings |= {"STAGEGRAPH_LOG": "info", "STAGEGRAPH_MAX_IN_FLIGHT": "100000"}
    if keeps_whole():
        settings["STAGEGRAPH_ANSWERS"] = "on" if is_whole else "off"
    seconds = {"ttl": "0"} if is_cold else {"ttl": ttl} if ttl else {}
    for source, table in sources.items():
        for name, value in {**table, "limit": "none", **seconds}.items():
            settings[f"STAGEGRAPH_{source.name}_{name.upper()}"] = value
    return settings


def start(
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    told: str = "",
) -> Server:
    """Start a server on the servers' core, and wait for its first answer.

    Args:
        command: of a server that prints its address.
        environment: of the process.
        told: what stands before the address in the line that it prints.
    """
    core, _ = machine.cores()
    process = Process(command, core, environment)
    try:
        origin = process.first_line(told).removesuffix("/graphql")
        return Server(process, origin, _first_answer(process, origin))
    except BaseException:
        process.__exit__()
        raise


def _first_answer(process: Process, origin: str) -> float:
    until = process.started + SECONDS_TO_START
    while True:
        try:
            asked(origin, "/graphql", {"query": "{__typename}"})
        except OSError:
            process.alive()
            if time.perf_counter() > until:
                raise
            time.sleep(0.002)
        else:
            return time.perf_counter() - process.started


def start_gateway(environment: Mapping[str, str]) -> Server:
    """Start the gateway as a user does."""
    return start([sys.executable, "-m", "gateway", "serve"], environment, _TOLD)


def start_constant() -> Server:
    """Start the floor: uvicorn and an app that answers what it was told to."""
    return start([sys.executable, "-m", "tests.benchmarks.peers.constant"])


def start_relay() -> Server:
    """Start the floor of cold answers: it makes the calls that it was told, and decodes nothing."""
    return start([sys.executable, "-m", "tests.benchmarks.peers.relay"])
