"""What a request may cost, at most; each bound is looked at before anything is run."""

from gateway.bounds.judge import Judge
from gateway.bounds.limits import Limits

__all__ = ["Judge", "Limits"]
