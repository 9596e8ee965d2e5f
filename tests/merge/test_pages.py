"""All pages put together equal the sorted union of the sources, whatever the sources do."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapter import Adapter, Batch, ReadsStages, StageAsk, World
from gateway.cache.objects import Objects
from gateway.cache.versions import Versions
from gateway.cursor import MAX_LENGTH, Cursors
from gateway.errors import Rejected, Unavailable
from gateway.merge import STAGES, KeptPages, Lists, Page, StageCriteria
from gateway.upstream.trace import Log, Trace
from schema.context import Window
from schema.types.arguments import OrderDirection, ResourceKey, StringFilter
from schema.types.ids import GlobalId, Kind
from schema.types.outreach import OutreachStage
from schema.types.source import Source
from schema.types.sources import SourceStatus
from schema.types.stage import Stage, StageFilter, StageOrder, StageOrderField

KEYS = [b"k" * 32]
SEEN: list[Stage] = []


def nothing_kept() -> KeptPages:
    objects = Objects(max_bytes=0, max_entries=0, now=lambda: datetime.now(UTC))
    return KeptPages(objects, Versions())


class Fake(Adapter, ReadsStages):
    """A source made of rows, which serves some orders and fails when told to."""

    def __init__(
        self, source: Source, rows: list[Stage], page: int, orders: frozenset[StageOrderField]
    ) -> None:
        self.id = source  # type: ignore[misc]
        self.rows = rows
        self.page = page
        self.stage_orders = orders  # type: ignore[misc]
        self.fails_at: int | None = None
        self.asked = 0
        self.pages_read = 0

    @classmethod
    def connect(cls, settings: Any, world: World) -> Self:
        raise NotImplementedError

    def deadline(self, since: float | None = None) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def owns(self, id: GlobalId) -> bool:  # noqa: A002
        return True

    async def locate(self, kind: Kind, key: ResourceKey, trace: Trace) -> Sequence[GlobalId]:
        return []

    async def check(self, trace: Trace) -> str:
        return ""

    async def get_stages(self, ids: Sequence[GlobalId], trace: Trace) -> Mapping[GlobalId, Stage]:
        return {}

    async def stages(self, ask: StageAsk, trace: Trace) -> AsyncIterator[Batch[Stage]]:
        self.asked += 1
        rows = self.rows
        if ask.order in self.stage_orders:
            # A vendor's order: nulls first ascending, equal keys in any order.
            name = ask.order.value
            rows = sorted(
                rows,
                key=lambda row: (
                    getattr(row, name) is not None,
                    getattr(row, name) if getattr(row, name) is not None else 0,
                ),
                reverse=ask.descending,
            )
        for number, at in enumerate(range(0, max(len(rows), 1), self.page)):
            await asyncio.sleep(0)
            if number == self.fails_at:
                raise Unavailable(self.id, "down")
            trace.calls += 1
            self.pages_read += 1
            yield Batch(rows[at : at + self.page])


def stage(source: Source, number: int, **fields: Any) -> Stage:
    return OutreachStage(
        id=str(GlobalId(source, Kind.STAGE, "", str(number))),  # type: ignore[arg-type]
        source=source,
        source_id=str(number),  # type: ignore[arg-type]
        origin=None,  # type: ignore[arg-type]
        **fields,
    )


NAMES = st.one_of(
    st.none(),
    st.sampled_from(["", "a", "A", "ab", "AB", "b", "ß", "ss", "é", "x" * 64, "x" * 65, "x" * 70]),
    st.text(max_size=70),
)
TIMES = st.one_of(
    st.none(),
    st.integers(0, 5).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=n)),
)
FIELDS = st.fixed_dictionaries(
    {
        "name": NAMES,
        "position": st.one_of(st.none(), st.integers(-3, 3)),
        "created_at": TIMES,
        "updated_at": TIMES,
    }
)
ORDERS = st.builds(
    lambda field, direction: StageOrder(field=field, direction=direction),
    st.sampled_from(StageOrderField),
    st.sampled_from(OrderDirection),
)
SERVED = st.frozensets(st.sampled_from([o for o in StageOrderField if o.value != "name"]))


@st.composite
def sources(draw: st.DrawFn) -> list[Fake]:
    made: list[Fake] = []
    for source in draw(st.lists(st.sampled_from(Source), unique=True, max_size=4)):
        fields = draw(st.lists(FIELDS, max_size=12))
        rows = [stage(source, number, **one) for number, one in enumerate(fields, start=1)]
        made.append(Fake(source, rows, draw(st.integers(1, 5)), draw(SERVED)))
    return made


def expected(fakes: Sequence[Fake], order: StageOrder) -> list[str]:
    """Sort the union by the law of the graph, written down a second time and differently."""
    rows = sorted((row for fake in fakes for row in fake.rows), key=lambda row: row.id)

    def value(row: Stage) -> Any:
        plain = getattr(row, order.field.value)
        return plain[:64].casefold() if isinstance(plain, str) else plain

    known = [row for row in rows if value(row) is not None]
    known.sort(key=value, reverse=order.direction is OrderDirection.DESC)
    return [row.id for row in known] + [row.id for row in rows if value(row) is None]


def ask(
    fakes: Sequence[Fake],
    order: StageOrder | None = None,
    chosen: StageFilter | None = None,
    *,
    count: bool = False,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Page[Stage]:
    lists = Lists(fakes, Cursors(KEYS), nothing_kept())
    page = lists.page(
        STAGES,
        Window(first, after, last, before),
        StageCriteria.of(chosen, order),
        count=count,
        notice=SEEN.extend,
        log=Log(),
    )
    assert not isinstance(page, Page)
    return asyncio.run(page)  # type: ignore[arg-type]


def ids(page: Page[Stage]) -> list[str]:
    return [row.id for row in page.rows]


@settings(max_examples=250, deadline=None)
@given(sources(), ORDERS, st.integers(1, 7), st.booleans())
def test_pages_forward_equal_the_sorted_union(
    fakes: list[Fake], order: StageOrder, size: int, count: bool
) -> None:
    whole = expected(fakes, order)
    seen: list[str] = []
    after = None
    while True:
        page = ask(fakes, order, first=size, after=after, count=count)
        assert page.is_complete
        assert page.total == (len(whole) if count else None)
        seen += ids(page)
        info = page.info()
        assert info.has_next_page == (len(seen) < len(whole))
        assert info.has_previous_page == (after is not None)
        after = info.end_cursor
        if not info.has_next_page:
            break
        assert len(page.rows) == size
    assert seen == whole


@settings(max_examples=200, deadline=None)
@given(sources(), ORDERS, st.integers(1, 7))
def test_pages_backward_equal_the_sorted_union(
    fakes: list[Fake], order: StageOrder, size: int
) -> None:
    whole = expected(fakes, order)
    seen: list[str] = []
    before = None
    while True:
        page = ask(fakes, order, last=size, before=before)
        seen = ids(page) + seen
        info = page.info()
        assert info.has_previous_page == (len(seen) < len(whole))
        before = info.start_cursor
        if not info.has_previous_page:
            break
    assert seen == whole


@settings(max_examples=150, deadline=None)
@given(sources(), ORDERS, st.data())
def test_every_rows_cursor_divides_the_list(
    fakes: list[Fake], order: StageOrder, data: st.DataObject
) -> None:
    whole = expected(fakes, order)
    page = ask(fakes, order, first=200)
    if not whole:
        return
    at = data.draw(st.integers(0, len(whole) - 1))
    cursor = page.cursor(at)
    assert len(cursor) <= MAX_LENGTH
    assert ids(ask(fakes, order, first=200, after=cursor)) == whole[at + 1 :]
    assert ids(ask(fakes, order, last=200, before=cursor)) == whole[:at]
    end = data.draw(st.integers(at, len(whole) - 1))
    between = ask(fakes, order, first=200, after=cursor, before=page.cursor(end))
    assert ids(between) == whole[at + 1 : end]


@settings(max_examples=200, deadline=None)
@given(st.lists(FIELDS, max_size=12), ORDERS, st.integers(1, 7), st.booleans())
def test_rows_at_hand_make_the_pages_that_would_be_read(
    fields: list[dict[str, Any]], order: StageOrder, size: int, count: bool
) -> None:
    rows = [stage(Source.ESPER, number, **one) for number, one in enumerate(fields, start=1)]
    lists = Lists([Fake(Source.ESPER, rows, 5, frozenset())], Cursors(KEYS), nothing_kept())
    criteria = StageCriteria.of(None, order)
    how: dict[str, Any] = {"count": count, "log": Log()}
    told_of: tuple[list[Stage], list[Stage]] = ([], [])

    async def read(_: Trace) -> AsyncIterator[Batch[Stage]]:
        yield Batch([*rows, *rows[:2]], dropped=1)

    def told(page: Page[Stage]) -> tuple[Any, ...]:
        cursors = [page.cursor(at) for at in range(len(page.rows))]
        reports = [(one.status, one.item_count, one.upstream_calls) for one in page.reports]
        return (ids(page), page.total, page.info(), cursors, reports)

    window = Window(size, None, None, None)
    for _ in range(len(rows) + 1):
        asked = (Source.ESPER, "stages of one", window, criteria)
        batch = Batch([*rows, *rows[:2]], dropped=1)
        held = lists.page_of_held(*asked, batch, notice=told_of[0].extend, **how)
        own = asyncio.run(lists.page_of_one(*asked, read, notice=told_of[1].extend, **how))
        assert told(held) == told(own)
        if not held.info().has_next_page:
            break
        window = window._replace(after=held.info().end_cursor)
    assert not held.info().has_next_page
    assert told_of[0] == told_of[1]


@settings(max_examples=300, deadline=None)
@given(sources(), ORDERS, st.integers(1, 5), st.booleans(), st.data())
def test_failing_sources_lose_and_repeat_nothing(
    fakes: list[Fake], order: StageOrder, size: int, backward: bool, data: st.DataObject
) -> None:
    whole = expected(fakes, order)
    seen: list[str] = []
    cursor = None
    for turn in range(200):
        for fake in fakes:
            # Anything may fail at any page for two turns in a row; then all are well for one.
            fails = turn < 20 and turn % 3 < 2
            fake.fails_at = data.draw(st.sampled_from([None, 0, 1, 2])) if fails else None
        where = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        page = ask(fakes, order, **where)  # type: ignore[arg-type]
        seen += ids(page)
        info = page.info()
        cursor = info.start_cursor if backward else info.end_cursor
        assert cursor is None or len(cursor) <= MAX_LENGTH
        if not (info.has_previous_page if backward else info.has_next_page):
            break
    assert sorted(seen) == sorted(whole)


def test_a_walk_around_a_dead_source_ends_and_can_be_taken_up_again() -> None:
    fake = Fake(Source.ESPER, [stage(Source.ESPER, 1, name="a")], 5, frozenset())
    fake.fails_at = 0
    after = None
    goes_on: list[bool] = []
    for _ in range(5):
        page = ask([fake], first=5, after=after)
        assert (ids(page), page.is_complete, page.total) == ([], False, None)
        assert page.reports[0].status is SourceStatus.UNAVAILABLE
        goes_on.append(page.info().has_next_page)
        after = page.info().end_cursor
    assert goes_on == [True, True, True, False, False]
    fake.fails_at = None
    late = ask([fake], first=5, after=after)
    assert ids(late) == [fake.rows[0].id]
    assert late.info().has_next_page is False


def test_late_rows_come_on_the_next_page() -> None:
    esper = Fake(Source.ESPER, [stage(Source.ESPER, 1, name="a")], 5, frozenset())
    devrev = Fake(
        Source.DEVREV, [stage(Source.DEVREV, n, name=name) for n, name in enumerate("bc")], 5,
        frozenset(),
    )  # fmt: skip
    esper.fails_at = 0
    page = ask([esper, devrev], first=1)
    assert [row.name for row in page.rows] == ["b"]
    esper.fails_at = None
    rest = ask([esper, devrev], first=5, after=page.info().end_cursor)
    assert [row.name for row in rest.rows] == ["a", "c"]
    again = ask([esper, devrev], first=5, after=rest.cursor(0))
    assert [row.name for row in again.rows] == ["c"]


def test_a_served_order_is_read_only_as_far_as_needed() -> None:
    rows = [stage(Source.OUTREACH, n, position=n // 2) for n in range(40)]
    fake = Fake(Source.OUTREACH, rows, 10, frozenset({StageOrderField.POSITION}))
    page = ask([fake], StageOrder(field=StageOrderField.POSITION), first=5)
    assert [row.position for row in page.rows] == [0, 0, 1, 1, 2]
    assert fake.pages_read == 1
    ask([fake], StageOrder(field=StageOrderField.NAME), first=5)
    assert fake.pages_read == 5


def test_repeated_rows_count_once() -> None:
    one = stage(Source.ESPER, 1, name="a")
    page = ask([Fake(Source.ESPER, [one, one, one], 2, frozenset())], count=True)
    assert (ids(page), page.total) == ([one.id], 1)


@pytest.mark.parametrize("window", [(0, None), (201, None), (-1, None), (None, 0), (5, 5)])
def test_a_wrong_size_asks_no_source(window: tuple[int | None, int | None]) -> None:
    fake = Fake(Source.ESPER, [], 5, frozenset())
    with pytest.raises(Rejected):
        ask([fake], first=window[0], last=window[1])
    assert fake.asked == 0


@pytest.mark.parametrize("chosen", [
    StageFilter(sources=[]),
    StageFilter(process_ids=[]),
    StageFilter(name=StringFilter(in_=[])),
    StageFilter(name=StringFilter(eq="a", in_=["b"])),
    StageFilter(sources=[Source.DEVREV]),
])  # fmt: skip
def test_a_filter_that_matches_nothing_asks_no_source(chosen: StageFilter) -> None:
    fake = Fake(Source.ESPER, [stage(Source.ESPER, 1, name="a")], 5, frozenset())
    page = ask([fake], chosen=chosen)
    assert (ids(page), fake.asked, page.reports, page.is_complete) == ([], 0, [], True)


def test_an_altered_cursor_is_refused() -> None:
    fake = Fake(Source.ESPER, [stage(Source.ESPER, n, name="a") for n in range(3)], 5, frozenset())
    cursor = ask([fake], first=1).info().end_cursor
    assert cursor is not None
    for at in range(len(cursor)):
        other = "A" if cursor[at] != "A" else "B"
        with pytest.raises(Rejected, match="altered"):
            ask([fake], first=1, after=cursor[:at] + other + cursor[at + 1 :])
    for bad in ("", "=", cursor + "=", cursor + "A", " " + cursor, "é", "x" * 3000):
        with pytest.raises(Rejected, match="altered"):
            ask([fake], first=1, after=bad)


def test_a_cursor_of_another_list_is_refused() -> None:
    fake = Fake(Source.ESPER, [stage(Source.ESPER, n, name="a") for n in range(3)], 5, frozenset())
    cursor = ask([fake], first=1).info().end_cursor
    with pytest.raises(Rejected, match="another list"):
        ask([fake], StageOrder(direction=OrderDirection.DESC), first=1, after=cursor)
    with pytest.raises(Rejected, match="another list"):
        ask([fake], chosen=StageFilter(name=StringFilter(eq="a")), first=1, after=cursor)
    # The same filter in other words is the same list.
    named = StageFilter(name=StringFilter(in_=["a", "b"]), process_ids=None)
    cursor = ask([fake], chosen=named, first=1).info().end_cursor
    twice = StageFilter(name=StringFilter(in_=["b", "a", "a"]))
    assert len(ask([fake], chosen=twice, first=5, after=cursor).rows) == 2


def test_a_second_key_still_reads() -> None:
    fake = Fake(Source.ESPER, [stage(Source.ESPER, n, name="a") for n in range(3)], 5, frozenset())
    cursor = ask([fake], first=1).info().end_cursor
    page: Callable[[list[bytes]], Any] = lambda keys: asyncio.run(  # noqa: E731
        Lists([fake], Cursors(keys), nothing_kept()).page(
            STAGES,
            Window(5, cursor, None, None),
            StageCriteria.of(None, None),
            count=False,
            notice=SEEN.extend,
            log=Log(),
        )
    )
    assert len(page([b"n" * 32, *KEYS]).rows) == 2
    with pytest.raises(Rejected):
        page([b"n" * 32])


def test_a_fault_of_our_own_in_one_source_costs_its_rows_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(Fake):
        async def stages(self, ask: StageAsk, trace: Trace) -> AsyncIterator[Batch[Stage]]:
            message = "nobody foresaw this"
            raise RecursionError(message)
            yield Batch([])

    well = Fake(Source.DEVREV, [stage(Source.DEVREV, 1, name="a")], 5, frozenset())
    page = ask([Broken(Source.ESPER, [], 5, frozenset()), well])
    assert ids(page) == [well.rows[0].id]
    assert {report.source: report.status for report in page.reports} == {
        Source.ESPER: SourceStatus.BAD_RESPONSE, Source.DEVREV: SourceStatus.OK,
    }  # fmt: skip
    assert "nobody foresaw this" in caplog.text


def test_the_longest_cursor_there_can_be_is_read() -> None:
    """Each source stands at a place of its own, with the longest ids and the widest letters."""
    names = [chr(0x1F600 + number) * 64 for number in range(len(Source))]
    fakes: list[Fake] = []
    for number, (source, name) in enumerate(zip(Source, names, strict=True)):
        widest = "don:core:dvrv-us-1:devo/0:custom_stage/".ljust(128, "9")
        long_id = GlobalId(source, Kind.STAGE, "", widest if not number else "9" * 73)
        rows = [stage(source, n, name=name) for n in range(2)]
        for row in rows:
            row.id = str(long_id._replace(source_id=long_id.source_id[:-1] + row.source_id))  # type: ignore[assignment]
        fakes.append(Fake(source, rows, 1, frozenset()))
    for fake in fakes[:-1]:
        fake.fails_at = 0
    cursor = None
    for turn in range(len(fakes)):
        for at, fake in enumerate(fakes):
            fake.fails_at = None if at == len(fakes) - 1 - turn else 0
        page = ask(fakes, first=1, after=cursor)
        cursor = page.info().end_cursor
        assert cursor is not None
        assert len(cursor) <= MAX_LENGTH
    for fake in fakes:
        fake.fails_at = None
    assert len(ask(fakes, first=200, after=cursor).rows) == len(fakes)
