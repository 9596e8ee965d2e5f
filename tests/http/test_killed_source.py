"""A source that dies while it is asked costs its own rows, and nothing else."""

import asyncio
import os
import subprocess
import sys

import httpx
import pytest

from gateway.app import emulator_kinds
from schema.types.source import Source
from tests.fixtures import Graph, MakeGraph, Sandbox, free_port

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


@pytest.mark.parametrize("source", Source, ids=lambda one: one.value)
async def test_a_vendor_killed_in_mid_answer(
    source: Source, sandbox: Sandbox, make_graph: MakeGraph
) -> None:
    vendor = Vendor()
    vendor.wait()
    [kind] = [one for one in emulator_kinds() if one.source is source]
    own = {
        f"{source.name}_{name.upper()}": text for name, text in kind.settings(vendor.origin).items()
    }
    graph: Graph = await make_graph(**own)
    try:
        whole = (await graph.data(QUERY))["stages"]
        assert whole["isComplete"] is True
        fault = {"source": source.value, "kind": "latency", "seconds": 1.5}
        await asyncio.to_thread(httpx.post, vendor.origin + "/_sandbox/faults", json=fault)
        asking = asyncio.create_task(graph.data(QUERY))
        await asyncio.sleep(0.5)
    finally:
        vendor.kill()
    page = (await asking)["stages"]
    assert page["nodes"] == [row for row in whole["nodes"] if row["source"] != source.name]
    assert page["isComplete"] is False
    for report in page["sources"]:
        assert report["status"] == ("UNAVAILABLE" if report["source"] == source.name else "OK")
