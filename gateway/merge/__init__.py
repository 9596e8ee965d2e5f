"""One ordered, filtered, paged list out of several sources."""

from gateway.merge.page import Page
from gateway.merge.stages import StageLists

__all__ = ["Page", "StageLists"]
