"""A process that the benchmark starts, on a core of its own."""

import http.client
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import msgspec

from tests.benchmarks import machine

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 60


class Process:
    """A running command; what it prints goes to a file that a failure shows the end of.

    Args:
        command: the program and its arguments.
        core: the core that it may run on.
        environment: beside the path; nothing else is passed on.
        folder: where it works.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        core: int,
        environment: Mapping[str, str] | None = None,
        folder: Path = ROOT,
    ) -> None:
        self._said = tempfile.NamedTemporaryFile(prefix="bench-")  # noqa: SIM115 - until it ends
        self.started = time.perf_counter()
        with machine.on_core(core):
            self._process = subprocess.Popen(  # noqa: S603 - commands of this folder
                [str(part) for part in command],
                cwd=folder,
                env={"PATH": os.environ["PATH"], **(environment or {})},
                stdout=self._said,
                stderr=subprocess.STDOUT,
            )
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()

    def said(self) -> str:
        """Return what it printed."""
        return Path(self._said.name).read_text(encoding="utf-8", errors="replace")

    def alive(self) -> None:
        """See to it that it runs.

        Raises:
            RuntimeError: with the last that it printed.
        """
        if self._process.poll() is not None:
            message = f"A server ended:\n{self.said()[-2000:]}"
            raise RuntimeError(message)

    def first_line(self, of: str) -> str:
        """Wait for a line that begins so, and return the rest of it."""
        until = time.monotonic() + SECONDS_TO_START
        while True:
            for line in self.said().splitlines(keepends=True):
                if line.startswith(of) and line.endswith("\n"):
                    return line.removeprefix(of).strip()
            self.alive()
            if time.monotonic() > until:
                message = f"A server did not print {of!r}:\n{self.said()[-2000:]}"
                raise RuntimeError(message)
            time.sleep(0.005)


def asked(
    origin: str, path: str, body: Any = None, method: str | None = None, timeout: float = 120
) -> Any:
    """Send one request and return the JSON that it is answered with.

    Raises:
        RuntimeError: if the status is no good one.
        OSError: if nobody answers.
    """
    connection = http.client.HTTPConnection(origin.removeprefix("http://"), timeout=timeout)
    try:
        content = None if body is None else msgspec.json.encode(body)
        how = method or ("GET" if content is None else "POST")
        connection.request(how, path, content, {"Content-Type": "application/json"})
        response = connection.getresponse()
        said = response.read()
    finally:
        connection.close()
    if response.status not in range(200, 300):
        message = f"{how} {path} was answered {response.status}: {said[:500]!r}"
        raise RuntimeError(message)
    return msgspec.json.decode(said)
