"""The vendors of the benchmark: two sandboxes, and the stub that answers in their stead."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Self

from gateway.app import emulator_kinds
from schema.types.source import Source
from tests.benchmarks.process import Process, asked

HOUSE = "house"
"""What most workloads read: 480 works, of which 240 are issues, and 237 stages."""
LARGE = "large"
"""Many of Outreach's stages, each of which can be read by its id."""

SPACE = "1001"
"""The one space of Storyblok's, so that a list of it is one call."""

SCALES: Mapping[str, int] = {HOUSE: 2, LARGE: 112}
LARGEST = 223
"""The scale at which `LARGE` has 10,035 stages, for the growth with a list's length."""


class Upstream:
    """Starts sandboxes and stub, and handles the stub.

    Args:
        core: where they run, which is the load's.
        scales: how much of its data each sandbox has.
    """

    def __init__(self, core: int, scales: Mapping[str, int] = SCALES) -> None:
        self._core = core
        self._scales = scales
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with self._stack:
            self._start()
            self._stack = self._stack.pop_all()
        return self

    def _start(self) -> None:
        command = [sys.executable, "-m", "gateway", "sandbox", "--port", "0"]
        running = {name: self._run(command) for name in self._scales}
        self.sandboxes = {
            name: one.first_line("Handles").split("/_sandbox")[0] for name, one in running.items()
        }
        stub = [sys.executable, "-m", "tests.benchmarks.stub"]
        stub += [f"{name}={origin}" for name, origin in self.sandboxes.items()]
        self.origin = self._run(stub).first_line("")
        for name in self._scales:
            self.reset(name)

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _run(self, command: list[str]) -> Process:
        return self._stack.enter_context(Process(command, self._core))

    def reset(self, name: str, scale: int | None = None) -> None:
        """Put a sandbox as at the start, without the limit that the stub has no need of."""
        sandbox = self.sandboxes[name]
        asked(sandbox, "/_sandbox/reset", {"scale": scale or self._scales[name]})
        asked(sandbox, "/_sandbox/switches", {"storyblok.limit": "none"}, "PATCH")

    def rescale(self, name: str, scale: int | None = None) -> None:
        """Have another amount of a sandbox's data, and forget what the stub knew of it."""
        self.reset(name, scale)
        asked(self.origin, "/_stub", {"forget": f"/{name}/"}, "PUT")

    def settings(self, outreach: str = HOUSE) -> Mapping[Source, Mapping[str, str]]:
        """Return each source's settings that lead to the stub, and to one space of Storyblok's.

        Args:
            outreach: whose Outreach it is.
        """
        settings: dict[Source, dict[str, str]] = {}
        for kind in emulator_kinds():
            name = outreach if kind.source is Source.OUTREACH else HOUSE
            settings[kind.source] = dict(kind.settings(f"{self.origin}/{name}"))
        settings[Source.STORYBLOK]["spaces"] = SPACE
        return settings

    def delay(self, seconds: float) -> None:
        """Let every vendor take so long to answer."""
        delays = {source.value: seconds for source in Source}
        asked(self.origin, "/_stub", {"delays": delays}, "PUT")

    def counts(self) -> Mapping[str, Any]:
        """Return `total`, `fetched`, `routes` and the `last` calls since they were forgotten."""
        return asked(self.origin, "/_stub")

    def forget_counts(self) -> None:
        """Set the counts to nothing."""
        asked(self.origin, "/_stub", method="DELETE")
