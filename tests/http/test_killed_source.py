"""A source that dies while it is asked costs its own rows, and nothing else."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.app import emulator_kinds
from schema.types.source import Source
from tests.fixtures import Graph, MakeGraph, free_port

QUERY = """{ stages(first: 200) { nodes { id source name version } isComplete
  sources { source status error { code } } } }"""


class Vendor:
    """A sandbox in a process of its own."""

    def __init__(self) -> None:
        self.origin = f"http://127.0.0.1:{free_port()}"
        environment = {
            name: text for name, text in os.environ.items() if not name.startswith("STAGEGRAPH_")
        }
        command = [sys.executable, "-m", "gateway", "sandbox", "--port", self.origin[17:]]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603

    def wait(self) -> None:
        assert self.process.stdout
        assert any("credential" in line for line in self.process.stdout)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
async def vendors() -> AsyncIterator[dict[Source, Vendor]]:
    made = {source: Vendor() for source in Source}
    for vendor in made.values():
        vendor.wait()
    yield made
    for vendor in made.values():
        vendor.kill()


async def test_each_vendor_killed_in_mid_answer(
    vendors: dict[Source, Vendor], make_graph: MakeGraph
) -> None:
    bases = {}
    for source, vendor in vendors.items():
        [kind] = [one for one in emulator_kinds() if one.source is source]
        bases[f"{source.name}_BASE_URL"] = kind.settings(vendor.origin)["base_url"]
    graph: Graph = await make_graph(**bases)
    whole = (await graph.data(QUERY))["stages"]
    assert whole["isComplete"] is True
    dead: set[str] = set()
    for source, vendor in vendors.items():
        fault = {"source": source.value, "kind": "latency", "seconds": 1.5}
        await asyncio.to_thread(httpx.post, vendor.origin + "/_sandbox/faults", json=fault)
        asking = asyncio.create_task(graph.data(QUERY))
        await asyncio.sleep(0.4)
        vendor.kill()
        page = (await asking)["stages"]
        dead.add(source.name)
        assert page["nodes"] == [row for row in whole["nodes"] if row["source"] not in dead]
        assert page["isComplete"] is False
        for report in page["sources"]:
            expected = "UNAVAILABLE" if report["source"] in dead else "OK"
            assert report["status"] == expected, report
