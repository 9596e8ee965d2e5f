"""Pages are followed to their end, within bounds."""

import httpx
import msgspec
import pytest

from gateway import errors
from gateway.app import utc_now
from gateway.upstream.auth import Fixed
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.paging import PageSize, walk
from gateway.upstream.trace import Trace
from schema.types.source import Source
from tests.fixtures import Wire


class Page(msgspec.Struct):
    rows: list[int]
    next: str | None = None


def first(rows: int) -> Call[Page]:
    return Call(method="GET", route="/rows", answer=Page, query=(("limit", str(rows)),))


def following(page: Page, call: Call[Page]) -> Call[Page] | None:
    if page.next is None:
        return None
    return msgspec.structs.replace(call, query=(call.query[0], ("at", page.next)))


class Vendor:
    """Ten pages; sizes above `largest` are refused; page 3 may lead to itself."""

    def __init__(self, *, largest: int = 1000, loops: bool = False) -> None:
        self.largest, self.loops = largest, loops
        self.limits: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        limit = int(request.url.params["limit"])
        self.limits.append(limit)
        if limit > self.largest:
            return httpx.Response(422)
        at = int(request.url.params.get("at", "0"))
        after = at if self.loops and at == 3 else at + 1
        return httpx.Response(200, json={"rows": [at], "next": str(after) if at < 9 else None})


async def read(vendor: Vendor, size: PageSize, trace: Trace, max_pages: int = 100) -> list[int]:
    client = Client(
        Source.ESPER,
        "http://127.0.0.1",
        Fixed({}),
        concurrency=1,
        limit="none",
        deadline=5,
        now=utc_now,
        transport=Wire(vendor),
    )
    rows: list[int] = []
    async for answer in walk(client, first, following, size, trace, max_pages):
        rows += answer.body.rows
    return rows


async def test_all_pages_are_read_once() -> None:
    trace = Trace()
    assert await read(Vendor(), PageSize(100), trace) == list(range(10))
    assert trace.calls == 10


async def test_a_refused_size_shrinks_once_and_for_all() -> None:
    vendor, size = Vendor(largest=50), PageSize(1000)
    assert await read(vendor, size, Trace()) == list(range(10))
    assert await read(vendor, size, Trace()) == list(range(10))
    assert vendor.limits == [1000, 100] + [50] * 20
    with pytest.raises(errors.BadResponse):
        await read(Vendor(largest=5), size, Trace())


async def test_more_pages_than_allowed_are_too_large() -> None:
    trace = Trace()
    with pytest.raises(errors.TooLarge, match="filter"):
        await read(Vendor(), PageSize(100), trace, max_pages=9)
    assert trace.calls == 9
    assert len(await read(Vendor(), PageSize(100), Trace(), max_pages=10)) == 10


async def test_a_page_that_leads_to_itself_ends_the_walk() -> None:
    with pytest.raises(errors.BadResponse, match="back"):
        await read(Vendor(loops=True), PageSize(100), Trace())
