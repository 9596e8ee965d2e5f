"""What the tests of writes and of faults share: the data that every sandbox starts with."""

from collections.abc import Iterator, Mapping

import pytest

from schema.types.source import Source
from tests.fixtures import Sandbox
from tests.http.asking import State

Seeds = Mapping[Source, State]


@pytest.fixture(scope="session")
def seeds(sandbox_server: str) -> Seeds:
    """What each vendor has after a reset: DevRev's takes long to read."""
    sandbox = Sandbox(sandbox_server)
    sandbox.reset()
    found = {source: sandbox.state(source.value) for source in Source}
    sandbox.close()
    return found


@pytest.fixture(scope="module")
def calm(sandbox_handles: Sandbox, seeds: Seeds) -> Iterator[Sandbox]:
    """The sandbox as at the start; reads leave it so."""
    del seeds
    sandbox_handles.reset()
    sandbox_handles.turn("storyblok.limit", "none")
    yield sandbox_handles
    sandbox_handles.heal()
