"""Lists and lookups against vendors that the sandbox cannot be."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import errors
from gateway.adapter import StageAsk
from gateway.sources.storyblok import Storyblok, calls, wire
from gateway.sources.storyblok.lists import Lists
from gateway.upstream.call import Answer, Call
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source

Offline = Callable[..., Storyblok]


def key(number: int, kind: Kind = Kind.STAGE) -> GlobalId:
    return GlobalId(Source.STORYBLOK, kind, "1001", str(number))


def things(*numbers: Any) -> list[dict[str, Any]]:
    return [{"id": number} for number in numbers]


async def listed(adapter: Storyblok) -> tuple[list[str], int]:
    batches = [batch async for batch in adapter.stages(StageAsk(), Trace())]
    rows = [row.source_id for batch in batches for row in batch.rows]
    return rows, sum(batch.dropped for batch in batches)


class Pages:
    """Stands in for the client of a vendor whose lists have so many rows a page."""

    source = Source.STORYBLOK

    def __init__(self, numbers: list[int], size: int, *, total: bool) -> None:
        self._numbers = numbers
        self._size = size
        self._headers = {"total": str(len(numbers)), "per-page": str(size)} if total else {}

    async def send(self, call: Call[Any], _: Trace) -> Answer[Any]:
        at = (int(dict(call.query).get("page", "1")) - 1) * self._size
        rows = [msgspec.Raw(b'{"id":%d}' % one) for one in self._numbers[at : at + self._size]]
        return Answer(call.answer(rows), datetime.now(UTC), self.source, self._headers)


def read_whole(pages: Pages, call: Call[Any]) -> list[int]:
    found = asyncio.run(Lists(pages, Trace(), 1000).whole(call, wire.Thing))
    assert found.dropped == 0
    return [row.wire.id for row in found.rows]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 2**53), unique=True, max_size=60), st.integers(1, 30))
def test_whatever_the_size_of_pages_every_row_comes_once(numbers: list[int], size: int) -> None:
    assert read_whole(Pages(numbers, size, total=True), calls.list_stages("1001")) == numbers


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 160), st.integers(25, 100))
def test_pages_without_a_total_are_followed_until_one_is_short(count: int, size: int) -> None:
    # The vendor may serve fewer rows a page than were asked for, but not fewer than its own size.
    numbers = list(range(1, count + 1))
    pages = Pages(numbers, size, total=False)
    assert read_whole(pages, calls.list_collaborators("1001", 100)) == numbers


async def test_a_list_that_is_documented_whole_is_one_call_without_a_total(
    offline: Offline,
) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json={"workflow_stages": things(*range(1, 200))})

    rows, dropped = await listed(offline(answer, spaces="1001"))
    assert (len(rows), dropped) == (199, 0)
    assert asked == ["https://mapi.storyblok.com/v1/spaces/1001/workflow_stages"]


@pytest.mark.parametrize("total", ["-1", "many", "", "9" * 5000, "1e9", "\u0663"])
async def test_a_total_that_makes_no_sense_is_none(offline: Offline, total: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        headers = {"Total": total.encode()}
        return httpx.Response(200, json={"workflow_stages": things(1, 2)}, headers=headers)

    assert await listed(offline(answer, spaces="1001")) == (["1", "2"], 0)


async def test_rows_that_never_come_are_told_as_left_out(offline: Offline) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        rows = things() if "page" in request.url.params else things(1, 2)
        return httpx.Response(200, json={"workflow_stages": rows}, headers={"Total": "5"})

    assert await listed(offline(answer, spaces="1001")) == (["1", "2"], 3)


async def test_a_vendor_that_ignores_the_page_does_not_turn_in_a_circle(offline: Offline) -> None:
    pages: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        pages.append(request.url.params.get("page"))
        return httpx.Response(200, json={"workflow_stages": things(1, 2)}, headers={"Total": "5"})

    assert await listed(offline(answer, spaces="1001")) == (["1", "2"], 3)
    assert pages == [None, "2"]


async def test_a_bad_row_costs_only_itself(offline: Offline) -> None:
    rows = [*things(1, "x", None, 2), {"id": 3, "name": 4}, "text", None, [], {"id": 4}]

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"workflow_stages": rows})

    assert await listed(offline(answer, spaces="1001")) == (["1", "2", "4"], 6)


async def test_a_bad_row_among_ids_costs_only_itself(offline: Offline) -> None:
    bad = {"id": 2, "name": {}}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/2"):
            return httpx.Response(200, json={"workflow_stage": bad})
        return httpx.Response(200, json={"workflow_stages": [*things(1, 3), bad]})

    adapter = offline(answer, spaces="1001")
    for ids in ([key(2)], [key(1), key(2), key(3)]):
        found = await adapter.get_stages(ids, Trace())
        assert list(found) == ids
        failed = [one for one in ids if isinstance(found[one], errors.BadResponse)]
        assert failed == [key(2)]


async def test_what_may_be_a_bad_row_of_the_whole_list_is_a_failure(offline: Offline) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = "by_ids" in request.url.params
        return httpx.Response(
            200, json={"workflow_stages": things(1, *([] if asked else [3, "x"]))}
        )

    found = await offline(answer, spaces="1001").get_stages(
        [key(number) for number in (1, 2, 3)], Trace()
    )
    assert list(found) == [key(1), key(2), key(3)]
    assert [isinstance(one, errors.BadResponse) for one in found.values()] == [False, True, False]


async def test_a_confirming_call_that_makes_no_sense_costs_only_its_own(offline: Offline) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/2"):
            return httpx.Response(200, text="<html>")
        return httpx.Response(200, json={"workflow_stages": things(1)})

    adapter = offline(answer, spaces="1001")
    found = await adapter.get_stages([key(1), key(2)], Trace())
    assert [isinstance(one, errors.BadResponse) for one in found.values()] == [False, True]
    with pytest.raises(errors.BadResponse):
        await adapter.get_stages([key(2)], Trace())


async def test_only_what_was_asked_for_is_answered(offline: Offline) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/workflow_stages"):
            return httpx.Response(200, json={"workflow_stages": things(9, 3, 1, 8)})
        return httpx.Response(200, json={"workflow_stage": {"id": 9}})

    adapter = offline(answer, spaces="1001")
    found = await adapter.get_stages([key(1), key(2), key(3)], Trace())
    assert isinstance(found.pop(key(2)), errors.BadResponse)
    assert {one: stage.source_id for one, stage in found.items()} == {key(1): "1", key(3): "3"}


@pytest.mark.parametrize(("kind", "name"), [
    (Kind.STAGE, "workflow_stage"), (Kind.WORKFLOW, "workflow"), (Kind.SPACE_ROLE, "space_role"),
])  # fmt: skip
async def test_another_object_than_the_one_asked_for_makes_no_sense(
    offline: Offline, kind: Kind, name: str
) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json={name: {"id": 9, "workflow_stages": []}})

    adapter = offline(answer, kept=kind, spaces="1001")
    get = {
        Kind.STAGE: adapter.get_stages,
        Kind.WORKFLOW: adapter.get_workflows,
        Kind.SPACE_ROLE: adapter.get_space_roles,
    }[kind]
    for calls_so_far in (1, 2):  # it is not kept
        found = await get([key(2, kind)], Trace())
        assert [type(one) for one in found.values()] == [errors.BadResponse]
        assert len(asked) == calls_so_far


async def test_stages_of_other_workflows_are_left_out_if_the_vendor_ignores_the_filter(
    offline: Offline,
) -> None:
    rows = [
        {"id": 1, "workflow_id": 7},
        {"id": 2, "workflow_id": 8},
        {"id": 3, "workflow_id": None},
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.params.get("in_workflow") == "7"
        return httpx.Response(200, json={"workflow_stages": rows})

    ask = StageAsk(processes=(key(7, Kind.WORKFLOW),))
    adapter = offline(answer, spaces="1001")
    [batch] = [batch async for batch in adapter.stages(ask, Trace())]
    assert [row.source_id for row in batch.rows] == ["1"]


async def test_a_space_that_makes_no_sense_is_told_as_left_out(offline: Offline) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/spaces":
            return httpx.Response(200, json={"spaces": things(1001, "../1002")})
        return httpx.Response(200, json={"workflow_stages": things(1)})

    assert await listed(offline(answer)) == (["1"], 1)


async def test_no_space_is_no_row(offline: Offline) -> None:
    adapter = offline(lambda _: httpx.Response(200, json={"spaces": []}))
    assert await listed(adapter) == ([], 0)
    assert await adapter.check(Trace()) == "sees no space"


async def test_an_address_without_spaces_is_no_unknown_object(offline: Offline) -> None:
    with pytest.raises(errors.BadResponse, match="address"):
        await listed(offline(lambda _: httpx.Response(404, json=["Not Found"])))


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_space_that_goes_while_the_list_of_spaces_is_kept_has_no_rows(
    offline: Offline, status: int
) -> None:
    gone: list[bool] = []
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == "/v1/spaces":
            return httpx.Response(200, json={"spaces": things(1001, *[1002] * (not gone))})
        if gone and "1002" in request.url.path:
            return httpx.Response(status, json={"error": "No"})
        return httpx.Response(200, json={"workflow_stages": things(1)})

    adapter = offline(answer, kept=Kind.SPACE)
    both = [f"/v1/spaces/{space}/workflow_stages" for space in (1001, 1002)]
    assert await listed(adapter) == (["1", "1"], 0)
    assert asked == ["/v1/spaces", *both]
    gone.append(True)
    for _ in range(2):
        asked.clear()
        assert await listed(adapter) == (["1"], 0)
        assert asked == [*both, "/v1/spaces"]  # which spaces are seen now, not which were


async def test_a_seen_space_without_stages_makes_no_sense(offline: Offline) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/spaces":
            return httpx.Response(200, json={"spaces": things(1001)})
        return httpx.Response(404, json=["Not Found"])

    with pytest.raises(errors.BadResponse):
        await listed(offline(answer))


async def test_a_configured_space_that_is_missing_needs_no_further_call(offline: Offline) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(404, json=["Not Found"])

    with pytest.raises(errors.Forbidden, match="1001"):
        await listed(offline(answer, spaces="1001"))
    assert asked == ["/v1/spaces/1001/workflow_stages"]


async def test_a_refusal_within_a_seen_space_stays_what_it_is(offline: Offline) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/spaces":
            return httpx.Response(200, json={"spaces": things(1001)})
        return httpx.Response(403, json={"error": "Forbidden"})

    for adapter in (offline(answer), offline(answer, spaces="1001")):
        with pytest.raises(errors.Forbidden) as failed:
            await adapter.get_people([key(1, Kind.PERSON)], Trace())
        assert failed.value.status == 403
