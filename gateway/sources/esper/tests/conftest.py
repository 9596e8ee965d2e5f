"""An adapter over the sandbox."""

from typing import cast

import pytest

from gateway.sources.esper import Esper
from schema.types.source import Source
from tests.fixtures import Connect


@pytest.fixture
def esper(connect: Connect) -> Esper:
    return cast("Esper", connect(Source.ESPER))
