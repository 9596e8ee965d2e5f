"""Writes: each is judged, sent once, and told of truly."""

from gateway.writes.once import Once
from gateway.writes.told import told
from gateway.writes.ways import WAYS
from gateway.writes.writer import Result, Writer

__all__ = ["WAYS", "Once", "Result", "Writer", "told"]
