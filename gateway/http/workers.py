"""Processes that serve together. uvicorn's own supervisor starts none but uvicorn's own server."""

import logging
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any

from uvicorn.config import STARTUP_FAILURE

_log = logging.getLogger("stagegraph.http")

_TICK = 0.25
"""Seconds between two looks at signals."""

_SOON = 5.0
"""Seconds that a worker must live; after one that did not, the next waits a while."""

_WHILE = 1.0

multiprocessing.allow_connection_pickling()  # sockets are handed over


class Workers:
    """Runs workers until a signal comes; one that dies is replaced.

    Args:
        work: what each does, in a process of its own; it ends when it gets SIGTERM.
        arguments: of `work`.
        listening: handed to `work` before them; closed here when the end comes, so that the last
            worker's is the last.
        count: workers.
        patience: seconds for their end; then they are killed.
    """

    def __init__(
        self,
        work: Callable[..., None],
        arguments: tuple[Any, ...],
        *,
        listening: socket.socket,
        count: int,
        patience: float,
    ) -> None:
        self._work = work
        self._arguments = arguments
        self._listening = listening
        self._patience = patience
        self._signals = 0
        self._workers = {number: self._start() for number in range(count)}

    def run(self) -> None:
        """Run; all are gone at the end.

        Raises:
            SystemExit: if a worker cannot start.
        """
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._signalled)
        failed = False
        while not self._signals and not failed:
            wait([worker.sentinel for worker, _ in self._workers.values()], _TICK)
            failed = self._replace()
        self._end()
        if failed:
            sys.exit(1)

    def _start(self) -> tuple[SpawnProcess, float]:
        spawn = multiprocessing.get_context("spawn")
        worker = spawn.Process(target=self._work, args=(self._listening, *self._arguments))
        worker.start()
        return worker, time.monotonic()

    def _signalled(self, sig: int, frame: FrameType | None) -> None:
        del sig, frame
        self._signals += 1

    def _replace(self) -> bool:
        """Replace those that died; return whether one could not start."""
        for number, (worker, since) in self._workers.items():
            if worker.exitcode is None or self._signals:
                continue
            if worker.exitcode == STARTUP_FAILURE:
                _log.error("a worker cannot start")
                return True
            _log.error("worker %s ended with status %s", worker.pid, worker.exitcode)
            if time.monotonic() < since + _SOON:
                time.sleep(_WHILE)
            self._workers[number] = self._start()
        return False

    def _end(self) -> None:
        """Stop all; kill those who take too long, and all of them at a second signal."""
        self._listening.close()
        alive: list[SpawnProcess] = [worker for worker, _ in self._workers.values()]
        for worker in alive:
            worker.terminate()
        until, signals = time.monotonic() + self._patience, self._signals
        while alive and time.monotonic() < until and self._signals == signals:
            wait([worker.sentinel for worker in alive], _TICK)
            alive = [worker for worker in alive if worker.exitcode is None]
        for worker in alive:
            worker.kill()
            worker.join()
        if self._signals > signals:
            sys.exit(128 + signal.SIGTERM)
