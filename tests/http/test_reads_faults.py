"""Every call of the graph's reads under every fault: it costs its own field, and nothing else.

What is asked of another source in the same query is whole; the field that fails is null with an
error that tells the code, the source and its status, or its list's report does; nothing that the
vendor sent is shown; the answer is there by the deadline; the vendor is asked four times at most;
and the same query is answered well as soon as the fault is over.

With EVERY_FAULT=1 in the environment each fault strikes each call. Else what takes long or costs
much, and what differs from others by its words alone, strikes two calls of each source.
"""

from typing import Any, NamedTuple

import pytest

from tests.fixtures import MakeGraph, Sandbox
from tests.http.asking import Row
from tests.http.conftest import Seeds
from tests.http.reading import ask, in_time, whole
from tests.http.reads import READS, Read
from tests.http.writes import EVERY

PATIENCE = 5.0
"""Seconds of a source's deadline."""

SHORT = 0.5
"""The same where a fault takes longer than any deadline."""

MOST_CALLS = 4

MISSING = 404


class Trouble(NamedTuple):
    """A fault of the sandbox, and what is told of it.

    Attributes:
        name: as tests are called.
        fault: its kind and settings.
        code: of the error.
        status: what the error tells as the vendor's; None if there was no whole answer.
    """

    name: str
    fault: Row
    code: str
    status: int | None = None

    @property
    def is_of_rows(self) -> bool:
        """Whether it spoils objects, and not the answer that they are in."""
        return "field" in self.fault


def _answer(kind: str, code: str, status: int | None, **more: Any) -> Trouble:
    return Trouble(kind, {"kind": kind, **more}, code, status)


def _status(status: int, code: str, name: str = "", **more: Any) -> Trouble:
    fault = {"kind": "status", "status": status, **more}
    return Trouble(f"{status}{name}", fault, code, status)


LONG = _status(429, "RATE_LIMITED", "-long", retry_after=3600)

EACH = [
    _answer("reset", "UNAVAILABLE", None),
    _answer("cut", "UNAVAILABLE", None),
    _answer("html", "BAD_RESPONSE", 200),
    _answer("wrong_type", "BAD_RESPONSE", 200, field="id"),
    _answer("missing_field", "BAD_RESPONSE", 200, field="id"),
    _status(401, "UNAUTHENTICATED"),
    _status(403, "FORBIDDEN"),
    _status(404, "BAD_RESPONSE"),
    _status(429, "RATE_LIMITED"),
    _status(500, "UNAVAILABLE"),
    _status(503, "UNAVAILABLE"),
]
"""The faults that strike every call in any case."""

SOME = [
    _answer("truncate", "UNAVAILABLE", None),
    _answer("empty", "BAD_RESPONSE", 200),
    _answer("array", "BAD_RESPONSE", 200),
    _answer("garbage", "BAD_RESPONSE", 200),
    _answer("endless", "BAD_RESPONSE", 200),
    _answer("gzip_bomb", "BAD_RESPONSE", 200),
    _answer("redirect", "BAD_RESPONSE", 302),
    _answer("null_field", "BAD_RESPONSE", 200, field="id"),
    _status(429, "RATE_LIMITED", "-short", retry_after=1),
    LONG,
]

SLOW = [
    _answer("latency", "TIMED_OUT", None, seconds=60),
    _answer("hang", "TIMED_OUT", None),
    _answer("drip", "TIMED_OUT", None, seconds=0.2),
]

FEW = {
    "devrev/works.list",
    "devrev/works.get",
    "devrev/works.count",
    "outreach/stages",
    "outreach/prospects",
    "esper/pipelines/",
    "esper/stages/{stage_id}/targetlists/",
    "storyblok/v1/spaces/{space_id}/workflow_stages",
    "storyblok/v1/spaces/{space_id}/space_roles/{id}",
}


def _of(read: Read) -> list[Trouble]:
    found = [*EACH, *SOME, *SLOW] if EVERY or read.name in FEW else [*EACH]
    if read.at == "totalCount":  # which has no rows, and is read off the list where it is not there
        found = [one for one in found if not one.is_of_rows and one.status != MISSING]
    if read.choice:
        found.append(_answer("unknown_enum", "BAD_RESPONSE", 200, field=read.choice))
    return found


def test_the_few_are_of_the_table() -> None:
    assert {one.name for one in READS} >= FEW


@pytest.mark.parametrize(
    ("read", "trouble"),
    [
        pytest.param(read, trouble, id=f"{read.name}-{trouble.name}")
        for read in READS
        for trouble in _of(read)
    ],
)
async def test_a_fault_costs_its_own_field(
    read: Read, trouble: Trouble, make_graph: MakeGraph, calm: Sandbox, seeds: Seeds
) -> None:
    graph = await make_graph()
    before = await whole(graph, read, seeds)
    deadline = SHORT if trouble in SLOW else PATIENCE
    graph = await make_graph(**{f"{read.source.name}_DEADLINE": f"{deadline:g}"})
    method, route = read.call
    calm.fault(read.source.value, method=method, route=route, **trouble.fault)
    try:
        answer = await in_time(graph, read, seeds, deadline, calm.forget)
        assert 0 < calls(calm, read) <= MOST_CALLS
    finally:
        calm.heal()
    want_trouble(read, trouble, answer, before)
    if trouble is LONG:
        calm.forget()
        await ask(graph, read, seeds)
        assert calls(calm, read) == 0  # as the vendor wants it, which is well by another gateway
        graph = await make_graph()
    assert await whole(graph, read, seeds) == before


def calls(sandbox: Sandbox, read: Read) -> int:
    """Return how many of a read's calls the vendor got."""
    rows = sandbox.requests(read.source.value)
    return sum(row["count"] for row in rows if (row["method"], row["route"]) == read.call)


def want_trouble(read: Read, trouble: Trouble, answer: Row, before: Row) -> None:
    """Want that an answer has all but one field, and tells what that one's trouble was."""
    assert answer["data"]["healthy"] == before["healthy"]
    struck, errors = answer["data"]["struck"], answer.get("errors", [])
    is_missing = trouble.status == MISSING
    code = read.missing if is_missing else trouble.code
    if read.is_list:
        assert errors == []
        want_report(read, trouble, code, struck, before["struck"])
        return
    lost = read.gone if is_missing else None
    assert struck == ({**before["struck"], read.at: lost} if read.at else lost)
    if not code:
        assert errors == []
        return
    [error] = errors
    assert error["path"] == ["struck", read.at] if read.at else ["struck"]
    told = error["extensions"]
    assert (told["source"], told["code"]) == (read.source.name, code)
    want_status(trouble, told["upstreamStatus"])


def want_report(read: Read, trouble: Trouble, code: str, struck: Row, before: Row) -> None:
    """Want that a list's report tells of a trouble, which cost its rows, or their count alone."""
    [report] = struck.pop("sources")
    assert report["source"] == read.source.name
    rest = {name: value for name, value in before.items() if name != "sources"}
    lost = {read.at: None} if read.at else {"nodes": [], "isComplete": False}
    assert struck == {**rest, **lost}
    if trouble.is_of_rows:
        assert (report["status"], report["error"]) == ("PARTIAL", None)
        return
    assert report["status"] == ("OK" if read.at else code)
    assert report["error"]["code"] == code
    want_status(trouble, report["error"]["upstreamStatus"])


def want_status(trouble: Trouble, status: int | None) -> None:
    """Want the vendor's status; of objects in many answers none is told."""
    assert status == trouble.status or (trouble.is_of_rows and status is None)
