"""A served process holds the memory that an answer took, for the next one."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, resource, sys
from gateway.http.server import settle
if not hasattr(ctypes.CDLL(None), "mallopt"):
    print("none")
    sys.exit()
if sys.argv[1] == "settled":
    settle()
for _ in range(3):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    del [bytes(3000) for _ in range(10_000)][:]
    after = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
print(after - before)
"""


def pages_taken_again(how: str) -> int:
    """Return how many pages the system gives for what was freed a moment before."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith("MALLOC_")}
    ran = subprocess.run(  # noqa: S603 - a program of our own
        [sys.executable, "-c", PROGRAM, how], capture_output=True, check=True, text=True, env=plain
    )
    if ran.stdout.strip() == "none":
        pytest.skip("this C library has no mallopt")
    return int(ran.stdout)


def test_memory_is_held_once_a_process_is_settled() -> None:
    assert pages_taken_again("settled") < 500 < pages_taken_again("as it comes")
