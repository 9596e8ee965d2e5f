"""Writes lines in a thread of its own: an output that nobody reads must stop nobody else."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST = 10_000
"""Lines that wait to be written, some 300 bytes each."""

_GATHERING = 0.02
"""Seconds in which lines gather: to wake the thread for each would cost more than to write it."""

_PATIENCE = 1.0
"""Seconds for the last lines to be written."""


class Sink(Generic[T]):
    """Takes lines from any thread, and drops what is too many.

    Args:
        write: writes bytes, and may block; returns how many of them it wrote.
        render: makes bytes of a line.
        most: lines that wait.

    Attributes:
        dropped: lines that were dropped and not told of yet.
    """

    def __init__(
        self, write: Callable[[bytes], int], render: Callable[[T], bytes], most: int = _MOST
    ) -> None:
        self._write = write
        self._render = render
        self._most = most
        self._waiting: deque[bytes | threading.Event] = deque()
        self._wake = threading.Event()
        self._is_awake = False
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self.dropped = 0

    def put(self, line: T) -> None:
        """Have a line written soon."""
        if len(self._waiting) >= self._most:
            self.dropped += 1
            return
        # Rendered at once: what waits as an object is out of the processor's cache by then.
        try:
            rendered = self._render(line)
        except ValueError:  # a name that is no text, such as half a letter
            self.dropped += 1
            return
        self._add(rendered)

    def flush(self, seconds: float = _PATIENCE) -> None:
        """Wait until all is written, for some seconds at most."""
        if self._thread is not None:
            written = threading.Event()
            self._add(written)
            written.wait(seconds)

    def _add(self, what: bytes | threading.Event) -> None:
        self._waiting.append(what)
        if not self._is_awake:
            self._is_awake = True
            self._wake.set()
            if self._thread is None:
                self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        waiting = self._waiting
        while self._wake.wait():
            self._wake.clear()
            time.sleep(_GATHERING)
            self._is_awake = False  # before the look: what comes after it wakes again
            taken = [waiting.popleft() for _ in range(len(waiting))]
            self._out(b"".join([one for one in taken if isinstance(one, bytes)]))
            if self.dropped:
                dropped, self.dropped = self.dropped, 0
                told = b'{"level":"warning","event":"lines dropped","count":%d}\n'
                self._out(told % dropped)
            for one in taken:
                if isinstance(one, threading.Event):
                    one.set()

    def _out(self, data: bytes) -> None:
        try:
            while data:
                data = data[self._write(data) :]
        except OSError:
            return  # nobody reads any more; there is nowhere to tell that
