"""Logs tell of faults, and never of every request's address."""

import subprocess
import sys

import pytest

SCRIPT = """
import logging
from gateway.telemetry import set_up_logs
set_up_logs("{level}")
for name in ("stagegraph.merge", "httpx", "uvicorn.error"):
    for level in (logging.DEBUG, logging.INFO, logging.ERROR):
        logging.getLogger(name).log(level, "said")
"""


@pytest.mark.parametrize(("level", "ours"), [("debug", 3), ("info", 2), ("error", 1)])
def test_libraries_are_heard_only_when_something_is_wrong(level: str, ours: int) -> None:
    command = [sys.executable, "-c", SCRIPT.format(level=level)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()  # noqa: S603
    assert sum("stagegraph.merge: said" in line for line in lines) == ours
    assert sum("httpx: said" in line for line in lines) == 1
    assert sum("uvicorn.error: said" in line for line in lines) == 1
