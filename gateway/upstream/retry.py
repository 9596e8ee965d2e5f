"""When a failed read is tried once more: a decision of its own, made without doing anything."""

from gateway.errors import Resting, Throttled, Unavailable, UpstreamFailure

_BUSY = 503


def wait_before_retry(failure: UpstreamFailure, seconds_left: float) -> float | None:
    """Tell how long to wait before a read is sent once more.

    Args:
        failure: how the first try went.
        seconds_left: until the deadline of whoever waits for the read.

    Returns:
        Seconds; None to give up: what the vendor answered it would answer again, unless it told
        when to come back and that is soon enough.
    """
    if isinstance(failure, Resting):
        return None
    if isinstance(failure, Unavailable) and failure.status is None:
        return 0.0
    told = failure.retry_after
    if told is None or told >= seconds_left:
        return None
    return told if isinstance(failure, Throttled) or failure.status == _BUSY else None
