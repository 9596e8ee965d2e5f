"""What this folder's tests share."""

from collections.abc import Iterator

import pytest

from gateway.sources.devrev.tests.plain import Api
from tests.fixtures import Sandbox


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[Api]:
    """The sandbox, asked as anybody would ask it."""
    api = Api(sandbox.origin)
    yield api
    api.http.close()
