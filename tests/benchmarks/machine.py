"""What the kernel tells of processes, and which core they run on."""

import os
import platform
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_CPUCLOCK_SCHED = 2
"""The kind of a process's clock that counts the nanoseconds of all of its threads."""


class NoAccountsError(Exception):
    """This machine does not tell what the benchmark needs; the message says what to do."""


def check() -> None:
    """See to it that processes can be accounted for and pinned.

    Raises:
        NoAccountsError: where they cannot.
    """
    if not (sys.platform == "linux" and Path("/proc/self/status").exists()):
        message = (
            f"The benchmark reads Linux's accounts of processes in /proc, and {sys.platform} has "
            "none. Run it on Linux, or in a container."
        )
        raise NoAccountsError(message)


@cache
def cores() -> tuple[int, int]:
    """Return the core of servers and that of the load; the same where there is but one.

    It is told once and for all, as who asks may itself be bound to one of them later.
    """
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Let what is started in the block run on one core, with every thread that it starts."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def bind_to_load() -> int:
    """Bind this process, which is the load, to its core, and return the core."""
    _, core = cores()
    os.sched_setaffinity(0, {core})
    return core


def raise_file_limit() -> None:
    """Let processes hold as many connections as the machine lets them."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used, all threads, to the nanosecond."""
    return time.clock_gettime((~pid << 3) | _CPUCLOCK_SCHED)


def waited_seconds(pid: int) -> float:
    """Return for how long a process's first thread has waited for a core that others had."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="utf-8").split()[1]) / 1e9


def _megabytes(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1000 if found else 0.0


def resident(pid: int) -> float:
    """Return the memory that a process holds, in MB."""
    return _megabytes(pid, "VmRSS")


def described() -> str:
    """Return the machine in a few words, without its name."""
    model = ""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    shown = f" ({model})" if model else ""
    return f"{os.cpu_count()} cores{shown}, {platform.system()}"


def others_load() -> float:
    """Return how many processes wanted a core in the last minute; to be asked before measuring."""
    return os.getloadavg()[0]


def node_version() -> str | None:
    """Return the version of the Node.js on the PATH."""
    try:
        asked = subprocess.run(
            ["node", "--version"],  # noqa: S607 - the Makefile puts the right one first
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return asked.stdout.strip().lstrip("v")
