"""The refresh flow in every position, by its settings, at the command line and in the graph."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.sources.outreach.sandbox import EMULATOR
from gateway.sources.outreach.sandbox.oauth import (
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT_URI,
    REFRESH_TOKEN,
)
from gateway.sources.outreach.tests.conftest import Clock, Refreshing
from gateway.sources.outreach.tests.renewing import counted, failure, in_file, read, spoil
from tests.fixtures import MakeGraph, Sandbox

pytestmark = pytest.mark.usefixtures("any_number_of_tokens")


@pytest.mark.parametrize(
    ("name", "position"),
    [
        (name, position)
        for name in ("rotation", "new_tokens", "refused_grant", "redirect_uri")
        for position in EMULATOR.positions[name]
    ],
)
async def test_every_position_is_renewed(
    sandbox: Sandbox, refreshing: Refreshing, clock: Clock, name: str, position: str
) -> None:
    sandbox.turn(f"outreach.{name}", position)
    adapter = refreshing(redirect_uri=REDIRECT_URI)
    await read(adapter)
    if (name, position) != ("new_tokens", "one_a_minute"):  # the emulator's minute is a real one
        clock.forward(7150)
    await read(adapter)
    await read(refreshing(redirect_uri=REDIRECT_URI))


async def test_a_redirect_uri_that_is_wanted_but_not_set(
    sandbox: Sandbox, refreshing: Refreshing
) -> None:
    sandbox.turn("outreach.redirect_uri", "required")
    assert "STAGEGRAPH_OUTREACH_REDIRECT_URI" in (await failure(refreshing())).message


# ------------------------------------------------------------------------------ what may be seen


async def test_nothing_secret_is_shown(
    sandbox: Sandbox,
    refreshing: Refreshing,
    clock: Clock,
    token_file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    adapter = refreshing()
    await read(adapter)
    secrets = {CLIENT_SECRET, REFRESH_TOKEN, CLIENT_ID}
    secrets |= in_file(token_file)
    assert len(secrets) == 5
    clock.forward(7150)
    sandbox.reset()
    told = await failure(adapter)
    spoil(token_file)
    broken = await failure(adapter)
    chain = [told, told.__cause__, broken, broken.__cause__, broken.__context__]
    gc.collect()  # what nobody can reach is not shown either
    # Some types of compiled modules have no text there.
    modules = [(one, str(type(one).__module__)) for one in gc.get_objects()]
    ours = [(one, module) for one, module in modules if module.startswith("gateway.")]
    reprs = [repr(one) for one, module in ours if "sandbox" not in module]
    shown = "\n".join([caplog.text, *map(repr, chain), *map(str, chain), *reprs])
    assert "Grant(...)" in shown
    assert "STAGEGRAPH_OUTREACH_TOKEN_FILE" in caplog.text
    assert not [word for word in secrets if word in shown]


def environment(sandbox: Sandbox, **more: str) -> dict[str, str]:
    return {
        "OUTREACH_BASE_URL": sandbox.origin + EMULATOR.prefix,
        "OUTREACH_CLIENT_ID": CLIENT_ID,
        "OUTREACH_CLIENT_SECRET": CLIENT_SECRET,
        "OUTREACH_REFRESH_TOKEN": REFRESH_TOKEN,
        **more,
    }


async def test_that_nothing_is_kept_is_told(
    refreshing: Refreshing, caplog: pytest.LogCaptureFixture
) -> None:
    refreshing()
    assert not caplog.text
    refreshing(token_file=None)
    assert "STAGEGRAPH_OUTREACH_TOKEN_FILE is not set" in caplog.text


def test_check_renews_and_keeps(sandbox: Sandbox, token_file: Path) -> None:
    plain = {name: text for name, text in os.environ.items() if not name.startswith("STAGEGRAPH_")}
    given = environment(sandbox, OUTREACH_TOKEN_FILE=str(token_file))
    for times in (1, 1):
        checked = subprocess.run(
            [sys.executable, "-m", "gateway", "check"],
            env={**plain, **{f"STAGEGRAPH_{name}": text for name, text in given.items()}},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        [row] = [line for line in checked.stdout.splitlines() if line.startswith("OUTREACH")]
        assert row.split()[:3] == ["OUTREACH", "yes", "good"], checked.stderr
        assert checked.returncode == 0
        assert counted(sandbox) == times
    assert token_file.stat().st_mode & 0o777 == 0o600


async def test_the_graph_tells_of_a_refused_refresh_token(
    sandbox: Sandbox, make_graph: MakeGraph
) -> None:
    query = "{ stages(filter: {sources: [OUTREACH]}) { nodes { id } sources { status } } }"
    graph = await make_graph(OUTREACH_TOKEN="", **environment(sandbox))
    answer = await graph.data(query)
    assert answer["stages"]["nodes"]
    graph = await make_graph(OUTREACH_TOKEN="", **environment(sandbox))
    answer = await graph.data(query)
    assert answer["stages"]["sources"] == [{"status": "UNAUTHENTICATED"}]
