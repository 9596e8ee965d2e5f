"""Exact requests."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import errors
from gateway.adapter import Span, StageAsk
from gateway.sources.outreach import calls, wire
from gateway.upstream.call import Call
from schema.types.stage import StageOrderField

WHOLE = (
    ("include", "creator,updater"),
    ("provideAuthorizationMeta", "true"),
    ("provideDataConnections", "true"),
)
PLAIN = (("page[size]", "10"), ("count", "false"), *WHOLE, ("newFilterSyntax", "true"))
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def sent(call: Call[Any]) -> tuple[Any, ...]:
    return call.method, call.route, dict(call.params), call.query, call.body


def filters(ask: StageAsk) -> list[tuple[str, str]]:
    return [pair for pair in calls.list_stages(ask, 10).query if pair[0].startswith("filter")]


def names_sent(names: tuple[str, ...]) -> list[str]:
    return [text for _, text in filters(StageAsk(names=names))]


def page(following: str | None) -> wire.Page:
    return wire.Page(data=[], links=wire.Links(next=following))


def test_a_plain_list() -> None:
    assert sent(calls.list_stages(StageAsk(), 10)) == ("GET", "/stages", {}, PLAIN, None)


@pytest.mark.parametrize(
    ("order", "sort"),
    [
        (StageOrderField.POSITION, "order"),
        (StageOrderField.CREATED_AT, "createdAt"),
        (StageOrderField.UPDATED_AT, "updatedAt"),
    ],
)
def test_numbers_and_times_are_ordered_by_outreach(order: StageOrderField, sort: str) -> None:
    up = calls.list_stages(StageAsk(order=order), 10)
    down = calls.list_stages(StageAsk(order=order, descending=True), 10)
    assert up.query == (*PLAIN, ("sort", sort))
    assert down.query == (*PLAIN, ("sort", f"-{sort}"))


def test_names_are_not() -> None:
    assert calls.list_stages(StageAsk(order=StageOrderField.NAME), 10).query == PLAIN


def test_names_and_spans_are_filters_of_the_new_syntax() -> None:
    ask = StageAsk(
        names=("Won, at last", "a..b"),
        created=Span(NOON, NOON + timedelta(days=1)),
        updated=Span(lt=NOON.astimezone(timezone(timedelta(hours=2)))),
    )
    assert calls.list_stages(ask, 10).query == (
        *PLAIN,
        ("filter[name][]", "Won, at last"),
        ("filter[name][]", "a..b"),
        ("filter[createdAt][gte]", "2026-01-31T11:59:59Z"),
        ("filter[createdAt][lte]", "2026-02-01T12:00:01Z"),
        ("filter[updatedAt][lte]", "2026-01-31T14:00:01+02:00"),
    )


@pytest.mark.parametrize("name", ["", " a", "a\n", "a\x00b", "__null__", "__notnull__", "__x"])
def test_names_that_may_be_read_otherwise_are_left_to_the_gateway(name: str) -> None:
    assert names_sent(("plain", name)) == []
    assert names_sent(("plain",)) == ["plain"]


def test_more_names_than_an_address_holds_are_left_to_the_gateway() -> None:
    assert len(names_sent(tuple(f"name {n}" for n in range(40)))) == 40
    assert names_sent(tuple(f"name {n}" for n in range(200))) == []
    assert names_sent(("検" * 200,)) == []


@settings(max_examples=50)
@given(st.lists(st.text(max_size=40), max_size=30, unique=True))
def test_names_are_sent_all_as_they_are_or_not_at_all(names: list[str]) -> None:
    assert names_sent(tuple(names)) in (names, [])
    query = calls.list_stages(StageAsk(names=tuple(names)), 10).query
    assert sum(len(quote(name + text)) for name, text in query) < 2000


@settings(max_examples=50)
@given(
    st.datetimes(timezones=st.just(UTC)) | st.none(),
    st.datetimes(timezones=st.just(UTC)) | st.none(),
)
def test_a_span_is_a_second_wider_at_each_end(gte: datetime | None, lt: datetime | None) -> None:
    sent = dict(filters(StageAsk(created=Span(gte, lt))))
    low, high = sent.get("filter[createdAt][gte]"), sent.get("filter[createdAt][lte]")
    second = timedelta(seconds=1)
    if low is not None:
        assert datetime.fromisoformat(low) + second == gte
    else:
        assert gte is None or gte - datetime.min.replace(tzinfo=UTC) < second
    if high is not None:
        assert datetime.fromisoformat(high) - second == lt
    else:
        assert lt is None or datetime.max.replace(tzinfo=UTC) - lt < second


def test_the_ends_of_the_calendar_are_no_filter() -> None:
    span = Span(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert filters(StageAsk(created=span, updated=span)) == []


def test_one_stage() -> None:
    assert sent(calls.get_stage("7")) == ("GET", "/stages/{id}", {"id": "7"}, WHOLE, None)


def test_stages_by_ids_are_one_list() -> None:
    query = (("filter[id]", "3,1,2"), ("page[size]", "3"), ("count", "false"), *WHOLE)
    assert sent(calls.get_stages(["3", "1", "2"], 1000)) == ("GET", "/stages", {}, query, None)
    assert calls.get_stages(["3", "1", "2"], 2).query[1] == ("page[size]", "2")


def test_prospects_of_stages() -> None:
    plain = (
        ("filter[stage][id]", "3,1"),
        ("page[size]", "100"),
        ("count", "false"),
        ("sort", "id"),
    )
    whole = calls.list_prospects(["3", "1"], 0, 100, is_trimmed=False)
    assert sent(whole) == ("GET", "/prospects", {}, plain, None)
    trimmed = calls.list_prospects(["3", "1"], 41, 100, is_trimmed=True)
    past = (plain[0], ("filter[id]", "42..inf"), *plain[1:], ("fields[prospect]", "stage"))
    assert trimmed.query == past


def test_the_check_is_one_row() -> None:
    query = (("page[size]", "1"), ("count", "false"))
    assert sent(calls.check()) == ("GET", "/stages", {}, query, None)


@pytest.mark.parametrize("links", [None, wire.Links(), wire.Links(next="")])
def test_no_link_is_the_end(links: wire.Links | None) -> None:
    last = wire.Page(data=[], links=links)
    assert not calls.has_more(last)
    assert calls.following(last, calls.check()) is None


def test_only_the_cursor_of_a_link_is_taken() -> None:
    link = "https://evil.example/api/v2/users?page%5Bsize%5D=9&page%5Bafter%5D=a%3D%26b&sort=x"
    first = calls.list_stages(StageAsk(names=("a",)), 10)
    second = calls.following(page(link), first)
    assert second is not None
    assert sent(second)[:3] == ("GET", "/stages", {})
    assert second.query == (*first.query, ("page[after]", "a=&b"))
    third = calls.following(page("?page[after]=c"), second)
    assert third is not None
    assert third.query == (*first.query, ("page[after]", "c"))


@pytest.mark.parametrize("link", ["https://x/?page[offset]=10", "?page[after]=", "https://[x", "#"])
def test_a_link_without_a_cursor_is_no_end(link: str) -> None:
    assert calls.has_more(page(link))
    with pytest.raises(errors.BadResponse):
        calls.following(page(link), calls.check())


@given(st.text(min_size=1))
def test_a_cursor_stays_one_value(cursor: str) -> None:
    link = "?" + quote("page[after]") + "=" + quote(cursor, errors="replace", safe="")
    call = calls.following(page(link), calls.check())
    assert call is not None
    assert parse_qsl(link[1:]) == [call.query[-1]]
    assert msgspec.structs.replace(call, query=call.query[:-1]) == calls.check()
