"""Bodies, and what a hostile one may cost."""

import gzip
import zlib

import pytest

from gateway.upstream.body import Inflater, Plain, TooMuchError

MOST = 1000


def test_a_body_is_taken_up_to_its_bound() -> None:
    for collect in (Plain(MOST), Inflater(MOST)):
        body = b"x" * MOST
        collect.feed(body if type(collect) is Plain else gzip.compress(body))
        assert collect.whole() == body
    with pytest.raises(TooMuchError):
        Plain(MOST).feed(b"x" * (MOST + 1))
    with pytest.raises(TooMuchError):
        Inflater(MOST).feed(gzip.compress(b"x" * 10_000_000))


def test_gzip_that_does_not_end_or_goes_on_after_its_end_is_none() -> None:
    short = Inflater(MOST)
    short.feed(gzip.compress(b"x" * 100)[:-4])
    with pytest.raises(zlib.error):
        short.whole()
    long = Inflater(MOST)
    with pytest.raises(zlib.error):
        long.feed(gzip.compress(b"x") + b"more")
    later = Inflater(MOST)
    later.feed(gzip.compress(b"x"))
    with pytest.raises(zlib.error):
        later.feed(b"more")
