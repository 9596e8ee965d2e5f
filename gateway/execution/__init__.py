"""Runs operations of Strawberry's schemas by plans that are made once for each; see README."""

from gateway.execution.documents import Document
from gateway.execution.engine import PROVED, Engine, unproved
from gateway.execution.operation import Operation
from gateway.execution.shadow import hash_of

__all__ = ["PROVED", "Document", "Engine", "Operation", "hash_of", "unproved"]
