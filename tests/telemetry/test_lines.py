"""Lines as people read them."""

from datetime import UTC, datetime

from gateway.telemetry.lines import Event, RequestLine, as_text

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def line(**parts: object) -> bytes:
    return as_text(RequestLine(request="r", time=AT, status=200, ms=1.26, **parts))


def test_a_request() -> None:
    asked = {"operation": "Board", "document": "0f", "kind": "query"}
    assert line(**asked, calls=3) == b"03:04:05 200 query Board: 1.3 ms, 3 calls\n"
    assert line(**asked, kept=True, caller="web") == (
        b"03:04:05 200 query Board: 1.3 ms, kept, web\n"
    )
    failed = line(document="0f", codes=["VALIDATION", "VALIDATION"])
    assert failed == b"03:04:05 200 request 0f: 1.3 ms, 0 calls VALIDATION\n"


def test_anything_else() -> None:
    event = Event(AT, "error", "a fault", "stagegraph.errors", "r", "Traceback\n  ...\n")
    told = as_text(event)
    assert told == b"03:04:05 error stagegraph.errors: a fault\nTraceback\n  ...\n"
    assert as_text(Event(AT, "info", "stopping", "stagegraph.http")).count(b"\n") == 1
