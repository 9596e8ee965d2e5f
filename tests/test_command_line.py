"""The commands, run as a person would run them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import schema
from gateway.http.auth.keys import Keys
from schema.types.source import Source
from tests.fixtures import Sandbox, free_port
from tests.planted import WATCH

COMMAND = [sys.executable, "-m", "gateway"]


def environment(**settings: str) -> dict[str, str]:
    plain = {name: text for name, text in os.environ.items() if not name.startswith("STAGEGRAPH_")}
    return {**plain, **{f"STAGEGRAPH_{name}": text for name, text in settings.items()}}


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(  # noqa: S603
        [*COMMAND, *arguments],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    WATCH.look("what a command printed", done.stdout + done.stderr)
    return done


@contextmanager
def running(
    *arguments: str, until: str, path: Path | None = None, **settings: str
) -> Iterator[list[str]]:
    """Run a server until the block ends; the lines are what it printed up to one with `until`.

    Python looks into the folder of `path` before all others.
    """
    more = {} if path is None else {"PYTHONPATH": str(path)}
    server = subprocess.Popen(  # noqa: S603
        [*COMMAND, *arguments],
        env=environment(**settings) | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: list[str] = []
    try:
        assert server.stdout
        for line in server.stdout:
            lines.append(line.rstrip("\n"))
            if until in line:
                break
        assert any(until in line for line in lines), lines
        yield lines
    finally:
        server.terminate()
        rest, _ = server.communicate(timeout=20)
        WATCH.look("what a server printed", "\n".join([*lines, rest]))


def sandboxed(sandbox: Sandbox) -> dict[str, str]:
    return {
        f"{source.name}_{name.upper()}": text
        for source in Source
        for name, text in sandbox.settings(source).items()
    }


def test_schema_prints_the_file() -> None:
    printed = run("schema")
    assert printed.stdout == Path(schema.__file__).with_name("schema.graphql").read_text()
    assert (printed.returncode, printed.stderr) == (0, "")


def test_check_tells_of_every_source(sandbox: Sandbox) -> None:
    settings = sandboxed(sandbox)
    checked = run("check", **{**settings, "OUTREACH_TOKEN": "wr0ng-s3cr3t", "ESPER_API_KEY": ""})
    assert checked.returncode == 1
    rows = {line.split()[0]: line for line in checked.stdout.splitlines()}
    assert rows["SOURCE"].split() == [
        "SOURCE", "CONNECTED", "CREDENTIAL", "LATENCY", "MAY", "DETAIL",
    ]  # fmt: skip
    assert rows["DEVREV"].split()[:3] == ["DEVREV", "yes", "good"]
    assert "stage: list get" in rows["DEVREV"]
    assert rows["OUTREACH"].split()[:3] == ["OUTREACH", "yes", "refused"]
    assert "renew" in rows["OUTREACH"]
    assert rows["ESPER"].split()[:2] == ["ESPER", "no"]
    assert "STAGEGRAPH_ESPER_API_KEY" in rows["ESPER"]
    assert "s3cr3t" not in checked.stdout + checked.stderr
    assert run("check", **settings).returncode == 0
    settings["STORYBLOK_BASE_URL"] = f"http://127.0.0.1:{free_port()}"
    dead = run("check", **settings)
    assert dead.returncode == 1
    assert "base URL" in next(line for line in dead.stdout.splitlines() if "STORYBLOK" in line)


@pytest.mark.parametrize("command", ["serve", "check"])
def test_a_bad_setting_stops_the_start_with_one_line(command: str) -> None:
    stopped = run(command, DEVREV_TOKEN="s3cr3t", DEVREV_DEADLINE="soon")
    assert stopped.returncode == 2
    [line] = stopped.stderr.splitlines()
    assert line.startswith("stagegraph: STAGEGRAPH_DEVREV_DEADLINE ")
    assert "s3cr3t" not in stopped.stderr


def test_a_taken_port_is_named(sandbox: Sandbox) -> None:
    port = sandbox.origin.rsplit(":", 1)[1]
    for arguments, setting in (
        (["serve"], "STAGEGRAPH_PORT"),
        (["sandbox", "--port", port], "--port"),
    ):
        stopped = run(*arguments, PORT=port)
        assert stopped.returncode == 2
        [line] = stopped.stderr.splitlines()
        assert setting in line
        assert port in line


def test_sandbox_prints_where_and_how_to_reach_each(sandbox: Sandbox) -> None:
    with running("sandbox", "--port", "0", until="credential") as lines:
        shown = {line.split()[0]: line.split()[1] for line in lines[: len(Source)]}
        assert list(shown) == [source.name for source in Source]
        outreach = httpx.get(
            shown["OUTREACH"] + "/stages", headers={"Authorization": "Bearer sandbox"}
        )
        assert len(outreach.json()["data"]) == 45
        storyblok = httpx.get(
            shown["STORYBLOK"] + "/v1/spaces", headers={"Authorization": "sandbox"}
        )
        assert [space["id"] for space in storyblok.json()["spaces"]] == [1001, 1002]


def test_serve_with_sandboxes_answers_soon_after_its_start() -> None:
    started = time.monotonic()
    with running("serve", "--sandbox", "--sandbox-port", "0", until="/graphql", PORT="0") as lines:
        address = lines[-1].split()[-1]
        query = "{ stages(first: 200) { isComplete nodes { source } } }"
        stages = httpx.post(address, json={"query": query}).json()["data"]["stages"]
        took = time.monotonic() - started
    assert stages["isComplete"] is True
    assert {row["source"] for row in stages["nodes"]} == {source.name for source in Source}
    assert took < 10


def test_serve_without_sources_says_how_to_connect_one() -> None:
    with running("serve", until="/graphql", PORT="0") as lines:
        assert any("No source is connected" in line for line in lines)


def test_several_workers_see_each_others_writes(redis_url: str) -> None:
    settings = {"PORT": "0", "CACHE_URL": redis_url}
    arguments = ["serve", "--sandbox", "--sandbox-port", "0", "--workers", "2"]
    count = {"query": "{ stages(filter: {sources: [OUTREACH]}) { totalCount } }"}
    create = "mutation { createStage(input: {stage: {outreach: {name: %s}}}) { errors { code } } }"
    with running(*arguments, until="/graphql", **settings) as lines:
        address = lines[-1].split()[-1]
        for created in range(6):
            # A connection of its own for each: either worker may take it.
            found = {httpx.post(address, json=count, timeout=30).text for _ in range(4)}
            assert found == {f'{{"data":{{"stages":{{"totalCount":{45 + created}}}}}}}'}
            query = {"query": create % f'"N{created}"'}
            made = httpx.post(address, json=query, timeout=30)
            assert made.json() == {"data": {"createStage": {"errors": []}}}


@pytest.mark.parametrize(("settings", "wanted"), [
    ({}, "STAGEGRAPH_CACHE_URL"),
    ({"CACHE_URL": "redis://127.0.0.1:1", "OUTREACH_CLIENT_ID": "i", "OUTREACH_CLIENT_SECRET": "s",
      "OUTREACH_REFRESH_TOKEN": "r"}, "STAGEGRAPH_OUTREACH_TOKEN_FILE"),
])  # fmt: skip
def test_workers_that_would_not_see_each_other_are_refused(
    settings: dict[str, str], wanted: str
) -> None:
    stopped = run("serve", WORKERS="2", PORT="0", **settings)
    assert stopped.returncode == 2
    [line] = stopped.stderr.splitlines()
    assert line.startswith("stagegraph: STAGEGRAPH_WORKERS ")
    assert wanted in line


def test_serve_tells_of_libraries_that_queries_were_not_proved_on(tmp_path: Path) -> None:
    found = tmp_path / "graphql_core-3.99.dist-info"
    found.mkdir()
    (found / "METADATA").write_text("Metadata-Version: 2.1\nName: graphql-core\nVersion: 3.99\n")
    told = "stagegraph: graphql-core is 3.99, and compiled execution was proved on 3.3.2"
    with running("serve", until="/graphql", path=tmp_path, PORT="0") as lines:
        assert told in lines
    with running("serve", until="/graphql", PORT="0") as lines:
        assert not any(line.startswith("stagegraph:") for line in lines)


def test_a_key_is_made_with_its_entry(tmp_path: Path) -> None:
    told = run("key", "web", "read", "devrev:write")
    key = told.stdout.split("once: ")[1].split()[0]
    path = tmp_path / "keys.toml"
    path.write_text(told.stdout.split("STAGEGRAPH_API_KEYS_FILE:")[1])
    caller = Keys.read(str(path)).find(key.encode())
    assert (caller.name, caller.writes) == ("web", {Source.DEVREV})
    assert key not in path.read_text()


def test_a_key_for_no_role_is_refused() -> None:
    told = run("key", "web", "admin")
    assert (told.returncode, told.stdout) == (2, "")
    assert "'admin' is no role" in told.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "gateway.example"])  # noqa: S104
def test_it_is_not_open_to_other_machines_unless_told_so(host: str) -> None:
    told = run("serve", HOST=host)
    assert told.returncode == 2
    assert "STAGEGRAPH_AUTH" in told.stderr
    assert "STAGEGRAPH_ALLOW_OPEN=yes" in told.stderr
