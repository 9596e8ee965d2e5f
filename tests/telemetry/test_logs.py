"""Logs tell of faults, and never of every request's address."""

import json
import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, logging
from gateway.telemetry import set_up_logs
set_up_logs("{level}")
for name in ("stagegraph.merge", "httpx", "uvicorn.error"):
    for level in (logging.DEBUG, logging.INFO, logging.ERROR):
        logging.getLogger(name).log(level, "said")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("stagegraph.errors").exception("a fault")
try:
    raise asyncio.CancelledError
except asyncio.CancelledError:
    logging.getLogger("uvicorn.error").exception("given up")
"""


def run(level: str) -> list[dict[str, str]]:
    command = [sys.executable, "-c", SCRIPT.format(level=level)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert ended.stderr == ""
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.parametrize(("level", "ours"), [("debug", 3), ("info", 2), ("error", 1)])
def test_libraries_are_heard_only_when_something_is_wrong(level: str, ours: int) -> None:
    said = [line["logger"] for line in run(level) if line["event"] == "said"]
    assert said.count("stagegraph.merge") == ours
    assert said.count("httpx") == 1
    assert said.count("uvicorn.error") == 1


def test_a_fault_is_one_line_with_its_stack() -> None:
    [fault] = [line for line in run("info") if line["event"] == "a fault"]
    assert (fault["level"], fault["logger"]) == ("error", "stagegraph.errors")
    assert fault["time"].endswith("Z")
    assert fault["trace"].endswith("ZeroDivisionError: division by zero\n")


def test_what_was_given_up_is_no_fault() -> None:
    [given_up] = [line for line in run("info") if line["event"] == "given up"]
    assert "trace" not in given_up
