"""A thread is busy while it runs, and not while it waits for something else."""

import time

from gateway.http.core import busy_seconds


def test_running_counts_and_sleeping_does_not() -> None:
    begun, since = busy_seconds(), time.perf_counter()
    while time.perf_counter() < since + 0.1:
        pass
    ran = busy_seconds() - begun
    assert 0.05 < ran < 0.2
    begun = busy_seconds()
    time.sleep(0.3)
    assert busy_seconds() - begun < 0.15
