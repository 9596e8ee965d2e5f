"""Fixtures of this source's tests."""

from typing import cast

import pytest

from gateway.sources.outreach import Outreach
from schema.types.source import Source
from tests.fixtures import Connect


@pytest.fixture
async def outreach(connect: Connect) -> Outreach:
    """The adapter as it is without further settings."""
    return cast("Outreach", connect(Source.OUTREACH))
