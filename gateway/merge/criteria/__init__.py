"""What a list is asked for, made plain and canonical, for every type that has a list."""

from gateway.merge.criteria.plain import Criteria
from gateway.merge.criteria.processes import ProcessCriteria
from gateway.merge.criteria.references import ReferenceCriteria
from gateway.merge.criteria.stages import StageCriteria
from gateway.merge.criteria.works import WorkCriteria

__all__ = ["Criteria", "ProcessCriteria", "ReferenceCriteria", "StageCriteria", "WorkCriteria"]
