"""What the tests of writes share: the data that every sandbox starts with."""

from collections.abc import Mapping

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
