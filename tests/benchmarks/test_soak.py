"""What a soak says of what it saw."""

import pytest

from tests.benchmarks.soak import Seen, queries, verdict


def seen(megabytes: float, *, files: int = 40, failed: int = 0) -> list[Seen]:
    """Return a gateway that is of 100 MB early on, and so at its end."""
    early = Seen(seconds=40, requests=400, failed=0, megabytes=100, files=40)
    last = Seen(seconds=100, requests=1000, failed=failed, megabytes=megabytes, files=files)
    first = Seen(seconds=10, requests=100, failed=0, megabytes=20, files=4)
    return [first, early, last]


def test_a_gateway_that_kept_well() -> None:
    assert verdict(seen(120)) == []
    assert verdict(seen(80)) == []


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (seen(130), "memory grew from 100 to 130 MB"),
        (seen(100, files=101), "open files grew from 40 to 101"),
        (seen(100, failed=1), "1 of 1000 requests were not answered with 200"),
    ],
)
def test_what_is_wrong_is_told(found: list[Seen], says: str) -> None:
    assert verdict(found) == [says]


def test_much_is_asked() -> None:
    assert len(queries()) > 12
