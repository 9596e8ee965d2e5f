"""What a vendor sends without end, or packs small, does not stay: a gateway's memory is bounded."""

import subprocess
import sys

import pytest

from tests.fixtures import Sandbox

PROGRAM = """
import asyncio, resource, sys
from tests.fixtures import Sandbox, serve

QUERY = "{ works(first: 3, filter: {sources: [DEVREV]}) { nodes { id } isComplete } }"

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

async def main():
    sandbox = Sandbox(sys.argv[1])
    async with serve(sandbox, DEVREV_DEADLINE="1.5") as graph:
        assert (await graph.data(QUERY))["works"]["isComplete"]
        before = peak()
        for kind in sys.argv[2:]:
            pause = 0.05 if kind == "drip" else 0  # without one, it may be whole in time
            sandbox.fault("devrev", kind, route="/works.list", seconds=pause)
            assert not (await graph.data(QUERY))["works"]["isComplete"]
            sandbox.heal()
            print(peak() - before, flush=True)
            before = max(before, peak())

asyncio.run(main())
"""

HEAVY = ["endless", "gzip_bomb", "drip", "truncate", "hang"]
MOST_MEGABYTES = 64


def test_no_fault_takes_more_than_64_mb(sandbox: Sandbox, request: pytest.FixtureRequest) -> None:
    ran = subprocess.run(  # noqa: S603 - a program of our own
        [sys.executable, "-c", PROGRAM, sandbox.origin, *HEAVY],
        capture_output=True,
        check=False,
        text=True,
        cwd=request.config.rootpath,
    )
    assert ran.returncode == 0, ran.stderr
    grown = dict(zip(HEAVY, map(int, ran.stdout.split()), strict=True))
    assert max(grown.values()) < MOST_MEGABYTES, grown
