"""What verifies tokens takes memory, and is loaded where there are tokens alone."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from gateway.app import create_app, read_settings

create_app(read_settings({}))
print(sorted({"jwt", "gateway.http.auth.tokens"} & set(sys.modules)))
"""


def test_an_open_gateway_loads_nothing_of_tokens(request: pytest.FixtureRequest) -> None:
    ran = subprocess.run(  # noqa: S603 - a program of our own
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        check=True,
        text=True,
        cwd=request.config.rootpath,
    )
    assert ran.stdout.strip() == "[]"
