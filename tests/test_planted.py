"""What looks for secrets finds them, wherever they are told, and lets the test fail."""

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import gzip
import logging
import sys

from gateway.telemetry import RequestLine
from tests.planted import MARK, TOKEN, WATCH, Watched, lines_to

_log = logging.getLogger("gateway.somewhere")

class App:
    router = None
    def __init__(self, *parts, header=b""):
        self.parts, self.header = parts, header
    async def __call__(self, scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x", self.header)]})
        for part in self.parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})

def answer(*parts, header=b""):
    async def sent(message):
        pass
    app = Watched(App(*parts, header=header), WATCH)
    try:
        app({"type": "http"}, None, sent).send(None)
    except StopIteration:
        pass

def test_well():
    _log.warning("nothing")
    print("nothing")
    answer(b"nothing", gzip.compress(b"nothing"), header=b"nothing")
    lines_to(None)(RequestLine(request="nothing"))

def test_log():
    _log.info("with %s", TOKEN)

def test_stack():
    try:
        raise ValueError(TOKEN)
    except ValueError:
        _log.exception("a fault")

def test_other_log():
    logging.getLogger("httpx").warning("with %s", TOKEN)

def test_line():
    lines_to(None)(RequestLine(request="one", caller=TOKEN))

def test_answer():
    answer(TOKEN.encode())

def test_compressed():
    answer(gzip.compress(TOKEN.encode()))

def test_header():
    answer(header=TOKEN.encode())

def test_printed():
    print(TOKEN)

def test_printed_to_stderr():
    print(TOKEN, file=sys.stderr)

def test_sandbox():
    print("Bearer sandbox")

def test_caller():
    import jwt
    print(jwt.encode({}, "k" * 32, "HS256", {"kid": "one"}))
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """How each of these tests ended."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "test_leaks.py").write_text(TESTS)
    settings = folder / "pytest.ini"
    settings.write_text("[pytest]")
    asked = [sys.executable, "-m", "pytest", "-p", "tests.planted", "-c", settings, "-rA",
             "--rootdir", folder, folder]  # fmt: skip
    root = Path(__file__).parents[1]
    done = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1, done.stdout + done.stderr
    ends = [line.split() for line in done.stdout.splitlines() if "test_leaks.py::test_" in line]
    found: dict[str, str] = {}
    for end, name, *_ in ends:  # each has passed, and failed as it was taken down
        found[name.partition("::test_")[2]] = end
    return found


LEAKS = TESTS.count("def test_") - 1


def test_all_are_found(outcomes: dict[str, str]) -> None:
    assert len(outcomes) == LEAKS + 1
    leaked = {name for name, end in outcomes.items() if end in {"ERROR", "FAILED"}}
    assert len(leaked) == LEAKS


def test_who_tells_none_is_well(outcomes: dict[str, str]) -> None:
    assert outcomes["well"] == "PASSED"
