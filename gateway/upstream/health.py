"""How a source's latest call went."""

from datetime import datetime

from schema.types.sources import SourceStatus


class Health:
    """Kept by the client, told by the graph."""

    __slots__ = ("last_success_at", "status")

    def __init__(self) -> None:
        self.status: SourceStatus | None = None
        self.last_success_at: datetime | None = None

    def good(self, at: datetime) -> None:
        """Note a good answer."""
        self.status = SourceStatus.OK
        self.last_success_at = at

    def bad(self, status: SourceStatus) -> None:
        """Note a failure."""
        self.status = status
