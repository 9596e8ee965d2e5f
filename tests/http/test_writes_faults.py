"""Every write of the graph under every fault: it is sent once, and the payload tells truly.

Each way to fail strikes every write; its variants, and the faults that take long (no answer until
the deadline), strike four writes, one of each source. With EVERY_FAULT=1 in the environment all
strike all, which takes two minutes longer.
"""

from typing import Any, NamedTuple

import pytest

from tests.fixtures import KEEPING, MakeGraph, Sandbox, free_port
from tests.http.asking import Row, Write
from tests.http.conftest import Seeds
from tests.http.writes import (
    DEADLINE,
    EVERY,
    FEW,
    SECRETS,
    WRITES,
    calls,
    do,
    every_write,
    object_of,
    shown,
    want,
)

_ADVICE = {
    "NOT_APPLIED": "Nothing was changed.",
    "APPLIED": "It was done; read it again to see it.",
    "UNKNOWN": "It may have been done: look before you write it again.",
}


class Trouble(NamedTuple):
    """A fault of the sandbox.

    Attributes:
        name: as tests are called.
        fault: its kind and settings.
        code: of the error; "" if there is none.
        status: what the error tells as the vendor's; None if there was no answer, or if it is the
            vendor's own, as of an answer that is spoilt.
        outcome: what the error tells.
    """

    name: str
    fault: Row
    code: str
    status: int | None = None
    outcome: str = "UNKNOWN"

    @property
    def is_passing(self) -> bool:
        """Whether the same write may be sent again as it is."""
        return self.outcome == "NOT_APPLIED" and self.code != "BAD_RESPONSE"

    @property
    def is_spoilt(self) -> bool:
        """Whether it is the vendor's own answer, which says that it was done, but for a field."""
        return self.outcome == "APPLIED"


def _both(name: str, code: str, told: int | None = None, **fault: Any) -> list[Trouble]:
    """A fault before the write is applied, and after."""
    return [
        Trouble(f"{name}-{when}", {**fault, "when": when}, code, told)
        for when in ("before", "after")
    ]


# An empty answer, or any JSON, is a good one where the vendor has nothing to tell, so that these
# come only when the write was applied, as a vendor's would.
QUICK = [
    *_both("reset", "UNAVAILABLE", kind="reset"),
    *_both("500", "UNAVAILABLE", 500, kind="status", status=500),
    *_both("503", "UNAVAILABLE", 503, kind="status", status=503),
    *_both("html", "BAD_RESPONSE", 200, kind="html"),
    *_both("garbage", "BAD_RESPONSE", 200, kind="garbage"),
    *_both("redirect", "BAD_RESPONSE", 302, kind="redirect"),
    *_both("endless", "BAD_RESPONSE", 200, kind="endless"),
    *_both("gzip_bomb", "BAD_RESPONSE", 200, kind="gzip_bomb"),
    *(
        Trouble(kind, {"kind": kind, "field": "id"}, "BAD_RESPONSE", outcome="APPLIED")
        for kind in ("wrong_type", "null_field", "missing_field")
    ),
    Trouble("truncate", {"kind": "truncate"}, "UNAVAILABLE"),
    Trouble("empty", {"kind": "empty", "when": "after"}, "BAD_RESPONSE", 200),
    Trouble("array", {"kind": "array", "when": "after"}, "BAD_RESPONSE", 200),
    Trouble("drip", {"kind": "drip", "seconds": 0}, ""),
    Trouble(
        "429",
        {"kind": "status", "status": 429, "retry_after": 7},
        "RATE_LIMITED",
        429,
        "NOT_APPLIED",
    ),
]

SLOW = [
    *_both("hang", "TIMED_OUT", kind="hang"),
    Trouble("latency", {"kind": "latency", "seconds": 60}, "TIMED_OUT"),
]

_LATE = {one.fault["kind"] for one in SLOW}

_EACH = {
    "reset-before",
    "reset-after",
    "truncate",
    "429",
    "500-after",
    "503-before",
    "garbage-after",
    "wrong_type",
}
"""The faults that strike every write in any case."""


def _of(write: Write) -> list[Trouble]:
    if EVERY or write.name in FEW:
        return [*QUICK, *SLOW]
    return [one for one in QUICK if one.name in _EACH]


struck = pytest.mark.parametrize(
    ("write", "trouble"),
    [
        pytest.param(write, trouble, id=f"{write.name}-{trouble.name}")
        for write in WRITES
        for trouble in _of(write)
    ],
)


def test_the_few_are_of_the_table() -> None:
    assert {one.name for one in WRITES} >= FEW
    assert {one.name for one in QUICK} >= _EACH


@struck
async def test_the_payload_tells_what_became_of_it(
    write: Write, trouble: Trouble, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds
) -> None:
    deadline = DEADLINE if trouble in SLOW else "10"
    graph = await make_graph(**KEEPING, DEADLINE=deadline)
    asked = write.ask(seeds[write.source], 0)
    before = await shown(graph, write, asked)
    method, route = write.call
    sandbox.fault(write.source.value, method=method, route=route, **trouble.fault)

    payload = await do(graph, write, asked)

    sent, applied = calls(sandbox, write)
    assert sent == 1
    if payload["errors"]:
        error = want_error(write, payload, trouble)
        assert error["upstreamStatus"] == own_status(sandbox, write, trouble)
        assert write.is_new or not trouble.is_spoilt
    else:
        assert applied == 1
        assert not trouble.code or may_be_good(write, trouble)
    if trouble.outcome == "NOT_APPLIED":
        assert applied == 0

    sandbox.heal()
    found = want(before, await shown(graph, write, asked), write, asked, applied)
    if not payload["errors"]:
        assert object_of(write, payload) == found


_BEFORE = [
    one._replace(
        outcome="NOT_APPLIED",
        # A read waits for as long as it is told to, and is then sent again.
        fault={name: value for name, value in one.fault.items() if name != "retry_after"},
    )
    for one in [*QUICK, *(SLOW if EVERY else [])]
    if one.code and one.outcome != "APPLIED" and one.fault.get("when") != "after"
]


@pytest.mark.parametrize("trouble", _BEFORE, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("write", "read"),
    [
        pytest.param(write, read, id=f"{write.name}-{read[1]}")
        for write in WRITES
        for read in write.reads
    ],
)
async def test_a_read_before_a_write_that_fails_leaves_it_unsent(
    write: Write,
    read: tuple[str, str],
    trouble: Trouble,
    make_graph: MakeGraph,
    sandbox: Sandbox,
    seeds: Seeds,
) -> None:
    graph = await make_graph(DEADLINE=DEADLINE if trouble.fault["kind"] in _LATE else "10")
    method, route = read
    sandbox.fault(write.source.value, method=method, route=route, **trouble.fault)
    payload = await do(graph, write, write.ask(seeds[write.source], 0))
    assert want_error(write, payload, trouble)["upstreamStatus"] == trouble.status
    assert calls(sandbox, write) == (0, 0)
    rows = sandbox.requests(write.source.value)
    assert sum(row["count"] for row in rows if (row["method"], row["route"]) == read) <= 4
    sandbox.heal()
    assert (await do(graph, write, write.ask(seeds[write.source], 0)))["errors"] == []


@every_write
async def test_a_connection_that_is_refused_changes_nothing(
    write: Write, make_graph: MakeGraph, sandbox: Sandbox, seeds: Seeds
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    graph = await make_graph(**{f"{write.source.name}_BASE_URL": nowhere})
    payload = await do(graph, write, write.ask(seeds[write.source], 0))
    trouble = Trouble("refused", {}, "UNAVAILABLE", None, "NOT_APPLIED")
    error = want_error(write, payload, trouble)
    assert error["upstreamStatus"] is None
    assert sandbox.calls(write.source.value) == 0


def own_status(sandbox: Sandbox, write: Write, trouble: Trouble) -> int | None:
    """Return the status that an error has to tell."""
    if not trouble.is_spoilt:
        return trouble.status
    rows = sandbox.requests(write.source.value)
    [status] = [row["status"] for row in rows if (row["method"], row["route"]) == write.call]
    return status


def may_be_good(write: Write, trouble: Trouble) -> bool:
    """Whether this trouble is none for a write.

    It is none where the answer has nothing to tell, and where what is spoilt is an object that is
    known and can be read again.
    """
    if trouble.is_spoilt:
        return not write.is_new
    tells_nothing = write.is_gone or write.mutation in _TELLS_NOTHING.get(write.source.value, ())
    return tells_nothing and trouble.fault["kind"] in {"empty", "array", "truncate"}


_TELLS_NOTHING = {
    "storyblok": {"updateStage", "updateWorkflow"},
    "esper": {"attachTargetList", "detachTargetList"},
}
"""The writes beside deletions whose success is told by the status alone."""


def want_error(write: Write, payload: Row, trouble: Trouble) -> Row:
    """Want that a payload has one error, which tells truly and well; return it."""
    [error] = payload["errors"]
    assert object_of(write, payload) is None
    assert error["__typename"] == "UpstreamError"
    assert (error["code"], error["outcome"]) == (trouble.code, trouble.outcome)
    assert error["source"] == write.source.name
    assert error["isRetryable"] is trouble.is_passing
    message: str = error["message"]
    assert message.endswith(_ADVICE[trouble.outcome])
    assert write.source.name in message.upper()
    for secret in (*SECRETS, "\n"):
        assert secret not in message
    return error
