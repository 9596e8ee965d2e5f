"""A sandbox of this folder's own: the shelf, the ladder, and the real emulator of Outreach."""

import logging
from collections.abc import Iterator

import httpx
import pytest

from gateway.sandbox.server import SandboxProtocol, create_sandbox
from gateway.sources.outreach.sandbox import EMULATOR as OUTREACH
from tests.fixtures import Running, Sandbox, plain_http
from tests.sandbox.shelf import HEADERS, Ladder, Shelf

KINDS = [Shelf, Ladder, OUTREACH]


@pytest.fixture(scope="session")
def shelf_server() -> Iterator[Running]:
    with Running(create_sandbox(KINDS), http=SandboxProtocol, lifespan="off") as running:
        yield running


@pytest.fixture(scope="session")
def shelf_handles(shelf_server: Running) -> Iterator[Sandbox]:
    sandbox = Sandbox(shelf_server.origin)
    yield sandbox
    sandbox.close()


@pytest.fixture
def shelf(shelf_handles: Sandbox) -> Sandbox:
    """The handles, with all as at the start."""
    shelf_handles.reset()
    return shelf_handles


def client(base_url: str) -> httpx.Client:
    """A plain client; made once for all tests, since to make one takes long."""
    return plain_http(base_url, headers=HEADERS, timeout=5)


@pytest.fixture(scope="session")
def plain(shelf_server: Running) -> Iterator[httpx.Client]:
    with client(shelf_server.origin) as one:
        yield one


@pytest.fixture(scope="session")
def plain_books(shelf_server: Running) -> Iterator[httpx.Client]:
    with client(shelf_server.origin + "/shelf") as one:
        yield one


@pytest.fixture
def http(shelf: Sandbox, plain: httpx.Client) -> httpx.Client:
    """A client of the whole server, with all as at the start."""
    return plain


@pytest.fixture
def books(shelf: Sandbox, plain_books: httpx.Client) -> httpx.Client:
    """A client of the shelf, with all as at the start."""
    return plain_books


class Heard(logging.Handler):
    """What the server said that an operator would see."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.words.append(self.format(record))

    def listen(self) -> None:
        """Listen to servers and their event loops; a server that starts later stops it."""
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        for name in ("uvicorn", "asyncio"):
            logging.getLogger(name).addHandler(self)


@pytest.fixture
def heard(shelf_server: Running) -> Iterator[Heard]:
    """Listens from warnings on."""
    heard = Heard()
    heard.listen()
    yield heard
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    for name in ("uvicorn", "asyncio"):
        logging.getLogger(name).removeHandler(heard)
