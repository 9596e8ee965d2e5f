"""The exact requests, and how pages are followed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.esper import calls, wire
from gateway.sources.esper.sandbox.answers import Asked, page
from gateway.upstream.call import Call
from schema.types.ids import Kind

PIPELINE = "5b0c7f5e-6d0a-4f0f-9a39-0c4f2f1f9a10"
STAGE = "0e1b6a3c-1111-4a8e-8d5b-9a4c1b7d2e01"


def page_with(following: str | None) -> wire.Listed:
    return wire.Listed(wire.Page(results=[], next=following))


def test_list_pipelines() -> None:
    assert calls.list_pipelines(100) == Call(
        method="GET",
        route="/pipelines/",
        query=(("limit", "100"),),
        answer=wire.Listed,
        kept_as=Kind.PIPELINE,
    )


def test_get_pipeline() -> None:
    assert calls.get_pipeline(PIPELINE) == Call(
        method="GET",
        route="/pipelines/{pipeline_id}/",
        params={"pipeline_id": PIPELINE},
        answer=wire.Got,
        kept_as=Kind.PIPELINE,
    )


def test_list_stages() -> None:
    assert calls.list_stages(PIPELINE, 20) == Call(
        method="GET",
        route="/pipelines/{pipeline_id}/stages/",
        params={"pipeline_id": PIPELINE},
        query=(("limit", "20"),),
        answer=wire.Listed,
        kept_as=Kind.STAGE,
        tags=(f"stage/{PIPELINE}",),
    )


def test_list_target_lists() -> None:
    assert calls.list_target_lists(PIPELINE, 20) == Call(
        method="GET",
        route="/pipelines/{pipeline_id}/targetlists/",
        params={"pipeline_id": PIPELINE},
        query=(("limit", "20"),),
        answer=wire.Listed,
        kept_as=Kind.TARGET_LIST,
        tags=(f"target_list/{PIPELINE}",),
    )


@pytest.mark.parametrize(
    ("type_", "query"),
    [(None, (("limit", "20"),)), ("groups", (("type", "groups"), ("limit", "20")))],
)
def test_list_attached(type_: str | None, query: tuple[tuple[str, str], ...]) -> None:
    assert calls.list_attached(PIPELINE, STAGE, type_, 20) == Call(
        method="GET",
        route="/stages/{stage_id}/targetlists/",
        params={"stage_id": STAGE},
        query=query,
        answer=wire.Listed,
        kept_as=Kind.TARGET_LIST,
        tags=(f"target_list/{PIPELINE}", f"target_list/{STAGE}"),
    )


def test_the_next_page_is_of_the_same_type() -> None:
    link = "/v0/stages/x/targetlists/?limit=20&offset=20&type=devices"
    after = calls.following(page_with(link), calls.list_attached(PIPELINE, STAGE, "groups", 100))
    assert after is not None
    assert after.query == (("type", "groups"), ("limit", "20"), ("offset", "20"))


def test_check_reads_one_row_anew() -> None:
    assert calls.check() == msgspec.structs.replace(calls.list_pipelines(1), kept_as=None)


@pytest.mark.parametrize("following", [None, ""])
def test_the_last_page_has_no_next(following: str | None) -> None:
    assert calls.following(page_with(following), calls.list_pipelines(5)) is None


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:8001/esper/api/pipelines/v0/pipelines/?limit=20&offset=20",
        "https://evil.example/x?offset=20&limit=20#limit=7&offset=9",
        "/pipelines/?limit=20&offset=20&limit=20",
        "http://[not an address?limit=20&offset=20",
    ],
)
def test_only_two_numbers_are_taken_out_of_a_link(link: str) -> None:
    first = calls.list_stages(PIPELINE, 100)
    after = calls.following(page_with(link), first)
    assert after is not None
    assert after.query == (("limit", "20"), ("offset", "20"))
    assert (after.method, after.route, after.params) == (first.method, first.route, first.params)


@pytest.mark.parametrize("link", ["?offset=5", "?offset=5&limit=0", "?offset=5&limit=x"])
def test_a_link_without_a_limit_keeps_ours(link: str) -> None:
    after = calls.following(page_with(link), calls.list_pipelines(5))
    assert after is not None
    assert after.query == (("limit", "5"), ("offset", "5"))


@pytest.mark.parametrize(
    "link",
    [
        "https://acme-api.esper.cloud/api/pipelines/v0/pipelines/",
        "?cursor=abc",
        "?limit=5",
        "?limit=5&offset=0",
        "?limit=5&offset=10",
        "?limit=5&offset=-15",
        "?limit=5&offset=99999999999999999999",
        "?limit=5&xoffset=15",
    ],
)
def test_a_link_that_leads_nowhere_gives_the_same_call(link: str) -> None:
    call = calls.following(page_with("?limit=5&offset=10"), calls.list_pipelines(5))
    assert call is not None
    assert calls.following(page_with(link), call) == call


@given(link=st.text() | st.from_regex(r"[?&](limit|offset)=[0-9a-z]{0,12}([&#].*)?"))
def test_no_link_can_raise_or_change_more_than_two_numbers(link: str) -> None:
    first = calls.list_stages(PIPELINE, 20)
    after = calls.following(page_with(link), first)
    if after is not None:
        assert msgspec.structs.replace(after, query=first.query) == first
        assert all(value.isdecimal() for _, value in after.query)


@given(total=st.integers(0, 120), asked=st.integers(1, 60), largest=st.none() | st.integers(1, 60))
def test_following_meets_every_row_once(total: int, asked: int, largest: int | None) -> None:
    rows, met = list(range(total)), []
    call: Call[wire.Listed] | None = calls.list_pipelines(asked)
    while call is not None:
        query = {name: int(value) for name, value in call.query}
        limit = min(query["limit"], largest or query["limit"])
        answer = page(rows, Asked(limit, query.get("offset", 0)), "http://a.example/pipelines/")
        met += answer["results"]
        call = calls.following(page_with(answer["next"]), call)
    assert met == rows
