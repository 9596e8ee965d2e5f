"""What the thread that asks has had of a core."""

import time

_ACCOUNT = "/proc/thread-self/schedstat"


def busy_seconds() -> float:
    """Return the seconds in which this thread ran, or would have run if others had not.

    Linux tells of the latter; elsewhere it is left out.
    """
    try:
        with open(_ACCOUNT, "rb") as account:  # noqa: PTH123 - twenty times a second
            waited = int(account.read().split()[1])
    except (OSError, IndexError, ValueError):
        waited = 0
    return time.thread_time() + waited / 1e9
