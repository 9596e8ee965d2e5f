"""What vendors' headers tell of their rate limits."""

from datetime import UTC, datetime

import pytest

from gateway.upstream.rates import Rates, read

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


def told(*headers: tuple[str, str]) -> Rates | None:
    return read([(name.encode(), value.encode()) for name, value in headers], lambda: NOW)


def three(remaining: str, reset: str, prefix: str = "X-RateLimit") -> Rates | None:
    return told(
        (f"{prefix}-Limit", "1000"), (f"{prefix}-Remaining", remaining), (f"{prefix}-Reset", reset)
    )


def test_devrevs_headers() -> None:
    found = three("7", str(EPOCH + 60), "X-Ratelimit")
    assert found == Rates(limit=1000, remaining=7, resets_in=60.5)


def test_outreach_may_tell_of_two_windows() -> None:
    assert three("99, 19988", str(EPOCH + 60)) == Rates(limit=1000, remaining=99, resets_in=60.5)


def test_storybloks_policy() -> None:
    found = told(
        ("X-RateLimit", '"concurrent-requests";r=5'),
        ("X-RateLimit-Policy", '"concurrent-requests";q=6'),
    )
    assert found == Rates(remaining=5, policies=((6, None),))


def test_the_drafts_of_the_ietf() -> None:
    assert three("7", "60", "RateLimit") == Rates(limit=1000, remaining=7, resets_in=60)
    assert told(("ratelimit", "limit=9, remaining=7, reset=60")) == Rates(remaining=7, resets_in=60)
    found = told(("RateLimit", '"a";r=7;t=60'), ("RateLimit-Policy", '"a";q=9;w=60, "b";q=2;w=1'))
    assert found == Rates(remaining=7, resets_in=60, policies=((9, 60), (2, 1)))


def test_plenty_is_not_worth_reading() -> None:
    assert three("9999", str(EPOCH + 60)) is None
    assert told(("Content-Type", "application/json"), ("X-Rate", "1")) is None


@pytest.mark.parametrize(
    "text", ["", "soon", "-1", "x 2", "\u0667", "9" * 200, "\x00", ",,", ";;r=", "r=7", "nan"]
)
def test_nonsense_tells_nothing(text: str) -> None:
    names = ["Limit", "Remaining", "Reset"]
    for name in (*(f"X-RateLimit-{one}" for one in names), "RateLimit", "RateLimit-Policy"):
        found = read([(name.encode(), text.encode())], lambda: NOW)
        assert found is None or (found.limit, found.resets_in, found.policies) == (None, None, ())
        assert found is None or found.remaining in {None, 7}
