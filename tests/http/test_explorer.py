import json
import os
import re
import shutil
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from websockets.sync.client import ClientConnection, connect

from gateway.http import explorer

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=1400,900",
    "--remote-debugging-port=0",
]
SOURCES = {"DEVREV", "OUTREACH", "ESPER", "STORYBLOK"}
SECONDS = 60


def asset(kind: str) -> str:
    """The address of one asset, as the page names it."""
    found = re.search(rf'"(graphql/explorer/[^"]+\.{kind})"', bytes(explorer.page().body).decode())
    assert found
    return f"/{found[1]}"


async def get(path: str) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=explorer.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        return await client.get(path)


def test_the_page_is_asked_for_anew_and_loads_nothing_from_elsewhere() -> None:
    page = explorer.page()

    assert page.media_type == "text/html"
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert not re.search(rb'(src|href)="(https?:)?//', bytes(page.body))


@pytest.mark.parametrize(("kind", "media_type"), [("css", "text/css"), ("js", "text/javascript")])
async def test_an_asset_is_kept_for_ever(kind: str, media_type: str) -> None:
    answer = await get(asset(kind))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "worker-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "file", ["index.html", "app-00000000.js", "..", "%2e%2e%2f__init__.py", "..%2fpage%2fapp.jsx"]
)
async def test_nothing_else_is_served(file: str) -> None:
    answer = await get(f"/graphql/explorer/{file}")

    assert answer.status_code == 404


# --------------------------------------------------------------------------- in a real browser


def wait_for(look: Callable[[], Any], what: str) -> Any:
    """What `look` sees, once it sees something."""
    end = time.monotonic() + SECONDS
    while not (seen := look()):
        assert time.monotonic() < end, f"waited {SECONDS} s for {what}"
        time.sleep(0.05)
    return seen


@contextmanager
def running(command: list[str], log: Path, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that writes to a file, and ends with the block."""
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - commands of this file
            command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture
def running_gateway(tmp_path: Path) -> Iterator[str]:
    """The origin of a gateway with its sandboxes, as `make run` starts it but on free ports."""
    log = tmp_path / "gateway.log"
    env = {name: value for name, value in os.environ.items() if not name.startswith("STAGEGRAPH_")}
    env |= {"PYTHONUNBUFFERED": "1", "STAGEGRAPH_PORT": "0"}
    command = [sys.executable, "-m", "gateway", "serve", "--sandbox", "--sandbox-port", "0"]
    with running(command, log, **env) as gateway:

        def told() -> re.Match[str] | None:
            said = log.read_text(encoding="utf-8")
            assert gateway.poll() is None, said
            return re.search(r"(http://127\.0\.0\.1:\d+)/graphql", said)

        yield wait_for(told, "the gateway")[1]


class Page:
    """One page of Chromium and its workers, over the DevTools protocol."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = count()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.workers: list[str] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session: str | None = None
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        self._listen(self._session)
        self.ask("Page.enable")

    def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        return self._ask(method, self._session, **parameters)

    def see(self, script: str) -> Any:
        """What a script gives in the page."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, script: str) -> Any:
        return wait_for(lambda: self.see(script), script)

    def press(self, element: str) -> None:
        """A mouse click on the middle of what a script finds."""
        x, y = self.until(
            f"(() => {{ const found = {element}; if (!found) return null;"
            "const {x, y, width, height} = found.getBoundingClientRect();"
            "return width && [x + width / 2, y + height / 2]; })()"
        )
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = "none" if kind == "mouseMoved" else "left"
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, clickCount=1)

    def key(self, name: str, code: int, modifiers: int = 0) -> None:
        for kind in ("keyDown", "keyUp"):
            key = {"key": name, "code": name, "windowsVirtualKeyCode": code, "modifiers": modifiers}
            self.ask("Input.dispatchKeyEvent", type=kind, **key)

    def write(self, text: str) -> None:
        for letter in text:
            self.ask("Input.dispatchKeyEvent", type="char", text=letter)

    def screenshot(self, file: Path) -> None:
        file.write_bytes(b64decode(self.ask("Page.captureScreenshot")["data"]))

    def _ask(self, method: str, session: str | None = None, **parameters: object) -> dict[str, Any]:
        asked = self._send(method, session, **parameters)
        while True:
            message = json.loads(self._socket.recv(timeout=SECONDS))
            if message.get("id") == asked:
                assert "error" not in message, (method, message["error"])
                return message["result"]
            if "method" in message:
                self._note(message["method"], message["params"])

    def _send(self, method: str, session: str | None, **parameters: object) -> int:
        message: dict[str, Any] = {"id": next(self._ids), "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        return message["id"]

    def _listen(self, session: str) -> None:
        for domain in ("Network", "Log", "Runtime"):
            self._send(f"{domain}.enable", session)
        workers = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
        self._send("Target.setAutoAttach", session, **workers)
        self._send("Runtime.runIfWaitingForDebugger", session)

    def _note(self, event: str, said: dict[str, Any]) -> None:
        match event:
            case "Target.attachedToTarget" if said["targetInfo"]["type"] == "worker":
                self.workers.append(said["targetInfo"]["url"])
                self._listen(said["sessionId"])
            case "Network.requestWillBeSent" if not said["request"]["url"].startswith("data:"):
                self.requests.append(said["request"]["url"])
            case "Runtime.exceptionThrown":
                self.errors.append(json.dumps(said["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if said["type"] in {"error", "warning", "assert"}:
                self.errors.append(json.dumps(said["args"]))
            case "Log.entryAdded" if said["entry"]["level"] in {"error", "warning"}:
                self.errors.append(json.dumps(said["entry"]))
            case _:
                pass


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A page of a fresh Chromium that finds no host but this machine."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    profile = tmp_path / "chromium"
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with running(command, tmp_path / "chromium.log", **os.environ):
        tools = profile / "DevToolsActivePort"
        port, path = wait_for(lambda: tools.exists() and tools.read_text().split(), "Chromium")
        with connect(f"ws://127.0.0.1:{port}{path}", max_size=None, proxy=None) as tools_socket:
            yield Page(tools_socket)


def test_the_explorer_asks_all_four_sources(
    running_gateway: str, page: Page, tmp_path: Path
) -> None:
    page.ask("Page.navigate", url=f"{running_gateway}/graphql")
    page.until("document.querySelector('.graphiql-query-editor .view-line')?.textContent")
    page.press("document.querySelector('.graphiql-execute-button[aria-haspopup=menu]')")
    page.press(
        "[...document.querySelectorAll('[role=menuitem]')]"
        ".find(item => item.textContent == 'StagesOfAllFour')"
    )
    page.until("document.querySelectorAll('.graphiql-response .view-line').length > 10")
    shown = page.see(
        "__MONACO.editor.getModels().find(model => /response/.test(model.uri)).getValue()"
    )

    # It has read the graph: it completes what one types, and finds no fault with the examples.
    page.press("document.querySelector('.graphiql-query-editor .view-line')")
    page.key("End", 35, modifiers=2)
    page.write("{ sta")
    page.until(
        "[...document.querySelectorAll('.suggest-widget .monaco-list-row')]"
        ".some(row => /StageConnection/.test(row.textContent))"
    )
    page.until("__MONACO.editor.getModelMarkers({}).length > 0")
    for _ in "{ sta":
        page.key("Backspace", 8)
    page.until("__MONACO.editor.getModelMarkers({}).length == 0")
    page.screenshot(tmp_path / "explorer.png")

    answer = json.loads(shown)
    stages = answer["data"]["stages"]
    # The page asks for what the answer took upstream, and shows it.
    assert {call["source"] for call in answer["extensions"]["upstream"]} == SOURCES
    assert stages["isComplete"]
    assert {row["source"] for row in stages["nodes"]} == SOURCES
    assert len(page.workers) >= 3
    assert page.requests
    assert [url for url in page.requests if not url.startswith(f"{running_gateway}/graphql")] == []
    assert page.errors == []
