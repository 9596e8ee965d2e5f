"""What this folder's tests share."""

from collections.abc import Iterator
from typing import cast

import pytest

from gateway.sources.devrev import DevRev
from gateway.sources.devrev.tests.plain import Api
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[Api]:
    """The sandbox, asked as anybody would ask it."""
    api = Api(sandbox.origin)
    yield api
    api.http.close()


@pytest.fixture
def devrev(connect: Connect) -> DevRev:
    return cast("DevRev", connect(Source.DEVREV))
