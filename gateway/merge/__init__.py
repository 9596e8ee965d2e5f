"""One ordered, filtered, paged list out of several sources."""

from gateway.merge.criteria import ProcessCriteria, StageCriteria
from gateway.merge.lists import PIPELINES, STAGES, WORKFLOWS, Lists
from gateway.merge.page import Page

__all__ = [
    "PIPELINES",
    "STAGES",
    "WORKFLOWS",
    "Lists",
    "Page",
    "ProcessCriteria",
    "StageCriteria",
]
