"""One ordered, filtered, paged list out of several sources."""

from gateway.merge.criteria import (
    Criteria,
    ProcessCriteria,
    ReferenceCriteria,
    StageCriteria,
    WorkCriteria,
)
from gateway.merge.kept import KeptPages
from gateway.merge.lists import (
    DEFAULT_SIZE,
    PIPELINES,
    STAGES,
    WORKFLOWS,
    WORKS,
    ListOf,
    Lists,
    ignore,
)
from gateway.merge.page import Page

__all__ = [
    "DEFAULT_SIZE",
    "PIPELINES",
    "STAGES",
    "WORKFLOWS",
    "WORKS",
    "Criteria",
    "KeptPages",
    "ListOf",
    "Lists",
    "Page",
    "ProcessCriteria",
    "ReferenceCriteria",
    "StageCriteria",
    "WorkCriteria",
    "ignore",
]
