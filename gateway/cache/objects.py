"""Graph objects that this process has at hand."""

from collections.abc import Hashable
from datetime import datetime
from typing import Any

from gateway.store.lru import Lru


class Objects(Lru[Hashable, Any, datetime]):
    """An index with bounds, from a scoped key to what was made of an answer; it never waits."""
