"""The command line: serve, sandbox, check, schema."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Mapping, Sequence

from gateway import app
from gateway.adapter import Adapter
from gateway.errors import UpstreamFailure
from gateway.execution import unproved
from gateway.http.auth import KEYS_FILE, made, refuse_open
from gateway.http.server import address, listen, serve, serve_beside, serve_by_many
from gateway.sandbox.emulator import TOKEN
from gateway.sandbox.server import SandboxProtocol
from gateway.settings import SettingError, Settings, in_the_clear, variable
from gateway.telemetry import Log, set_up_logs
from gateway.upstream.trace import Trace
from schema import build
from schema.types.errors import ErrorCode
from schema.types.source import Source

_AFTER_THE_DEADLINE = 5.0
"""Seconds that an answer may take beyond its slowest source."""

_HOST = "127.0.0.1"
_SANDBOX_PORT = 8001

_LISTENING = f"{variable('server', 'host')} or {variable('server', 'port')}"

_ADVICE: Mapping[ErrorCode, str] = {
    ErrorCode.UNAUTHENTICATED: "renew the credential",
    ErrorCode.FORBIDDEN: "give the credential the right, or look at the source's settings",
    ErrorCode.RATE_LIMITED: "wait, or ask the vendor for a higher limit",
    ErrorCode.TIMED_OUT: "raise the deadline, or look at the network",
    ErrorCode.UNAVAILABLE: "look at the base URL, the network and the vendor's status page",
    ErrorCode.BAD_RESPONSE: "look at the base URL: something else answers there",
    ErrorCode.NOT_FOUND: "look at the base URL: this path is not there",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stagegraph",
        description="One GraphQL graph over the stages of DevRev, Outreach, Esper and Storyblok. "
        "Settings come from STAGEGRAPH_* in the environment and from a TOML file; see the README.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serving = commands.add_parser("serve", help="serve the graph at /graphql")
    serving.add_argument(
        "--workers", type=int, help="processes that serve (STAGEGRAPH_WORKERS, which is 1)"
    )
    serving.add_argument(
        "--sandbox", action="store_true", help="over the four sandboxes, with no account anywhere"
    )
    emulating = commands.add_parser("sandbox", help="serve the four sandboxes alone")
    for command, name in ((serving, "--sandbox-port"), (emulating, "--port")):
        command.add_argument(
            name,
            dest="sandbox_port",
            type=int,
            default=_SANDBOX_PORT,
            help=f"the sandboxes' port ({_SANDBOX_PORT})",
        )
    commands.add_parser("check", help="call each connected source once and tell how it went")
    commands.add_parser("schema", help="print the schema")
    keying = commands.add_parser("key", help="make an API key, and its entry in the file of keys")
    keying.add_argument("name", help="whose key it is")
    keying.add_argument("roles", nargs="*", help="read, write, or such as devrev:read")
    return parser


def _serve(read: Settings, sandbox_port: int | None) -> None:
    log = set_up_logs(read.server.log)
    app.refuse_apart(read)
    refuse_open(read.server)
    for warning in [*unproved(), *in_the_clear(read)]:
        print(f"stagegraph: {warning}", file=sys.stderr)
    if sandbox_port is None:
        if not any(source.is_connected for source in read.sources.values()):
            print("No source is connected; see `stagegraph check`, or serve with --sandbox.")
        _serve_graph(read, log)
        return
    beside = listen(_HOST, sandbox_port, "--sandbox-port")
    origin = os.environ[app.SANDBOX] = address(beside)
    with serve_beside(app.create_sandboxes(), beside, http=SandboxProtocol):
        print(f"Sandboxes: {origin}", flush=True)
        _serve_graph(app.sandboxed(read, origin), log)


def _serve_graph(read: Settings, log: Log | None) -> None:
    """Serve the graph by as many processes as the settings say."""
    server = read.server
    graph = app.create_app(read, log=log)
    listening = listen(server.host, server.port, _LISTENING)
    print(f"Explorer and endpoint: {address(listening)}/graphql", flush=True)
    if server.workers == 1:
        serve(graph, listening, patience=_patience(read))
        return
    factory = f"{app.__name__}:{app.create_from_environment.__name__}"
    serve_by_many(factory, listening, workers=server.workers, patience=_patience(read))


def _patience(read: Settings) -> float:
    """Return the seconds that what is in flight may take to its end."""
    own = [one.deadline or read.server.deadline for one in read.sources.values()]
    return max(own) + _AFTER_THE_DEADLINE


def _sandbox(port: int) -> None:
    set_up_logs("error")
    listening = listen(_HOST, port, "--port")
    origin = address(listening)
    for kind in app.emulator_kinds():
        shown = kind.settings(origin)
        base = shown["base_url"]
        rest = ", ".join(f"{name} {text}" for name, text in shown.items() if name != "base_url")
        print(f"{kind.source.name:<10} {base}  {rest}")
    print(f"Handles    {origin}/_sandbox/requests, faults, switches, reset, state/<source>")
    print(f"Every credential is the word {TOKEN!r}.", flush=True)
    serve(
        app.create_sandboxes(),
        listening,
        http=SandboxProtocol,
        lifespan="off",
        patience=1,
    )


def _key(name: str, roles: Sequence[str]) -> int:
    """Print a new key, and what the file of keys says of it."""
    try:
        entry, key = made(name, roles)
    except ValueError as error:
        print(f"stagegraph: {error}", file=sys.stderr)
        return 2
    print(f"The key, which is shown this once: {key}\n\nIts entry in {KEYS_FILE}:\n\n{entry}")
    return 0


async def _checked(adapter: Adapter) -> tuple[bool, list[str]]:
    """Call a source once; return whether all is well, and the columns of its row."""
    started = time.perf_counter()
    try:
        async with adapter.deadline():
            detail = await adapter.check(Trace())
        good, advice = "good", ""
    except UpstreamFailure as failure:
        good = {ErrorCode.UNAUTHENTICATED: "refused", ErrorCode.FORBIDDEN: "too weak"}.get(
            failure.code, "unknown"
        )
        detail, advice = failure.message, _ADVICE.get(failure.code, "see the README")
    finally:
        await adapter.close()
    took = f"{(time.perf_counter() - started) * 1000:.0f} ms"
    may = "-" if advice else _may(adapter)
    row = [adapter.id.name, "yes", good, took, may, detail + (f" -> {advice}" if advice else "")]
    return not advice, row


async def _check(read: Settings) -> bool:
    adapters = app.connect(read)
    results = await asyncio.gather(*(_checked(adapter) for adapter in adapters))
    connected = {adapter.id for adapter in adapters}
    rows = [["SOURCE", "CONNECTED", "CREDENTIAL", "LATENCY", "MAY", "DETAIL"]]
    rows += [row for _, row in results]
    rows += [
        [source.name, "no", "-", "-", "-", _how_to_connect(source)]
        for source in Source
        if source not in connected
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print(
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    return all(good for good, _ in results)


def _may(adapter: Adapter) -> str:
    return ", ".join(
        f"{one.type.name.lower()}: {' '.join(do.name.lower() for do in one.operations)}"
        for one in adapter.capabilities
    )


def _how_to_connect(source: Source) -> str:
    groups = app.settings_kinds()[source].credentials
    return "set " + ", or ".join(
        " and ".join(variable(f"sources.{source.value}", name) for name in group)
        for group in groups
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 0, 1 where a source is unwell, 2 for bad settings."""
    asked = _parser().parse_args(arguments)
    try:
        return _run(asked)
    except SettingError as error:
        print(f"stagegraph: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _run(asked: argparse.Namespace) -> int:
    match asked.command:
        case "schema":
            print(build().as_str())
        case "key":
            return _key(asked.name, asked.roles)
        case "sandbox":
            _sandbox(asked.sandbox_port)
        case "check":
            return 0 if asyncio.run(_check(app.read_settings(os.environ))) else 1
        case _:
            if asked.workers is not None:
                os.environ[variable("server", "workers")] = str(asked.workers)
            _serve(app.read_settings(os.environ), asked.sandbox_port if asked.sandbox else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
