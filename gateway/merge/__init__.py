"""One ordered, filtered, paged list out of several sources."""

from gateway.merge.criteria import Criteria, ProcessCriteria, StageCriteria
from gateway.merge.lists import PIPELINES, STAGES, WORKFLOWS, ListOf, Lists
from gateway.merge.page import Page

__all__ = [
    "PIPELINES",
    "STAGES",
    "WORKFLOWS",
    "Criteria",
    "ListOf",
    "Lists",
    "Page",
    "ProcessCriteria",
    "StageCriteria",
]
