"""Every relation of the graph over the sandboxes: a list of parents, and one by one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import strawberry

from gateway.app import connect, read_settings, source_infos, utc_now
from gateway.cache.cache import Cache
from gateway.cache.objects import Objects
from gateway.context import Gateway, RequestContext
from gateway.cursor import Cursors
from gateway.errors import Rejected, Unavailable
from gateway.loaders import Kept
from gateway.merge import KeptPages, Lists
from gateway.store import open_store
from gateway.store.records import MemoryRecords
from gateway.writes import Once, Writer
from schema.context import Window
from schema.relations import BATCH
from schema.types.devrev import DevRevStage, DevRevWorkflow, DevRevWorkflowNode
from schema.types.devrev_works import DevRevIssue
from schema.types.esper import EsperPipeline, EsperStage
from schema.types.ids import GlobalId, Kind
from schema.types.outreach import OutreachStage
from schema.types.process import StageTransition
from schema.types.source import Source
from schema.types.stage import Stage
from schema.types.storyblok import StoryblokStage, StoryblokWorkflow
from schema.types.work import Work
from tests.context.source import Terse, request
from tests.fixtures import Sandbox
from tests.store.keeping import Clock

EVERY = Window(200, None, None, None)

CLASSES: Sequence[type] = (
    DevRevStage, DevRevWorkflow, DevRevWorkflowNode, DevRevIssue, EsperPipeline, EsperStage,
    OutreachStage, StageTransition, StoryblokStage, StoryblokWorkflow,
)  # fmt: skip


class Declared(NamedTuple):
    """A relation as one class has it."""

    class_: type
    name: str
    batch: Callable[..., Any]
    resolve: Callable[..., Any]


def relations() -> Iterator[Declared]:
    for class_ in CLASSES:
        for field in class_.__strawberry_definition__.fields:  # type: ignore[attr-defined]
            if BATCH in field.metadata:
                batch = field.metadata[BATCH]
                yield Declared(class_, field.python_name, batch, field.base_resolver)


RELATIONS = list(relations())

AT_ONCE = {
    "DevRevWorkflowNode.next_stages",
    "DevRevWorkflowNode.stage",
    "Process.stages",
    "Stage.process",
    "Stage.processes",
    "StageTransition.from_",
    "StageTransition.to",
    "StoryblokStage.after_publish",
    "StoryblokStage.next_stages",
    "StoryblokStage.process",
    "Work.stage",
}
"""What comes at once where all objects are kept, and their source tells who belongs to whom."""


@pytest.fixture
async def gateway(sandbox: Sandbox) -> AsyncIterator[Gateway]:
    """All four sources, which keep what they were told."""
    given = {
        f"STAGEGRAPH_{source.name}_{name.upper()}": text
        for source in Source
        for name, text in {**sandbox.settings(source), "limit": "none"}.items()
    }
    store = open_store("memory://", max_bytes=10**8, max_entries=10**5)
    cache = Cache(store, utc_now)
    adapters = {one.id: one for one in connect(read_settings(given), utc_now, cache)}
    objects = Objects(max_bytes=10**8, max_entries=10**5, now=utc_now)
    yield Gateway(
        adapters=adapters,
        lists=Lists(adapters.values(), Cursors([b"k" * 32]), KeptPages(objects, cache.versions)),
        sources=lambda: source_infos(adapters),
        now=utc_now,
        kept=Kept(objects, cache.versions),
        versions=cache.versions,
        writer=Writer(adapters, Once(MemoryRecords(lambda: 0.0))),
    )
    for adapter in adapters.values():
        await adapter.close()


def info(context: RequestContext) -> Any:
    return SimpleNamespace(context=context, selected_fields=[])


async def parents(context: RequestContext) -> list[Any]:
    """Return everything in the sandboxes that has relations, up to 200 of each list."""
    lists = (context.stages, context.works, context.pipelines, context.workflows)
    found: list[Any] = []
    for rows in lists:
        page = await awaited(rows(EVERY, None, None, count=False))  # type: ignore[operator]
        assert page.is_complete
        found += page.rows
    for row in list(found):
        found += getattr(row, "transitions", None) or ()
        found += getattr(row, "nodes", None) or ()
    return found


def shown(value: Any) -> Any:
    """Return what tells a value from others."""
    if isinstance(value, list | tuple):
        return [shown(one) for one in value]
    if hasattr(value, "page"):
        return [[one.id for one in value.page.rows], value.page.is_complete]
    return getattr(value, "id", value)


async def awaited(value: Any) -> Any:
    return await value if isinstance(value, Awaitable) else value


async def test_a_list_is_answered_as_its_parents_one_by_one(gateway: Gateway) -> None:
    everything = await parents(RequestContext(gateway))
    told = dict.fromkeys(CLASSES, 0)
    for one in RELATIONS:
        some = [row for row in everything if type(row) is one.class_][:25]
        some += some[:3]
        alone, together = RequestContext(gateway), RequestContext(gateway)
        expected = [shown(await awaited(one.resolve(row, info=info(alone)))) for row in some]
        found = await awaited(one.batch(info(together), some))
        assert [shown(value) for value in found] == expected, one
        told[one.class_] += sum(bool(value) for value in expected)
    assert all(told.values()), told


async def test_what_is_kept_comes_at_once(gateway: Gateway, sandbox: Sandbox) -> None:
    everything = await parents(RequestContext(gateway))
    found = set[str]()
    sandbox.forget()
    for one in RELATIONS:
        sees = RequestContext(gateway)
        some = [
            row
            for row in everything
            if type(row) is one.class_
            and not (isinstance(row, DevRevStage) and one.name.startswith("process"))
            and not isinstance(row, EsperPipeline)
        ]
        if some and isinstance(one.batch(info(sees), some), list):
            found.add(one.batch.__qualname__)
        await sees.close()
    assert found >= AT_ONCE
    assert sandbox.calls() == 0


async def test_parents_of_several_sources_keep_their_places(gateway: Gateway) -> None:
    everything = await parents(RequestContext(gateway))
    stages = [one for one in everything if isinstance(one, Stage)]
    mixed = [row for four in zip(*by_source(stages), strict=False) for row in four]
    assert len({one.source for one in mixed}) == 4
    for found in (
        RequestContext(gateway).processes_of_stages(mixed),
        RequestContext(gateway).works_of_stages(mixed, 5, None, count=True),
    ):
        values = await awaited(found)
        for stage, value in zip(mixed, values, strict=True):
            alone = RequestContext(gateway)
            if isinstance(value, list):
                [own] = await awaited(alone.processes_of_stages([stage]))
                assert shown(value) == shown(own)
            else:
                [own] = await awaited(alone.works_of_stages([stage], 5, None, count=True))
                assert (value is None) == (own is None) == (stage.source is not Source.DEVREV)
                assert value is None or [one.id for one in value.rows] == [
                    one.id for one in own.rows
                ]
                assert value is None or value.total == own.total


def by_source(stages: Sequence[Stage]) -> list[list[Stage]]:
    return [[one for one in stages if one.source is source] for source in Source]


async def test_a_cursor_of_one_list_fails_the_others_alone(gateway: Gateway) -> None:
    workflows = [
        one for one in await parents(RequestContext(gateway)) if isinstance(one, StoryblokWorkflow)
    ][:3]
    context = RequestContext(gateway)
    pages = await awaited(context.stages_of_processes(workflows, 1, None, count=False))
    cursor = pages[1].cursor(0)
    values = await awaited(context.stages_of_processes(workflows, 1, cursor, count=True))
    assert [type(one) for one in values[::2]] == [Rejected] * 2
    assert values[1].rows[0].id != pages[1].rows[0].id
    assert values[1].total == len(workflows[1].members or ())


# ------------------------------------------------------------------------------------- failures


@pytest.fixture
async def fake() -> AsyncIterator[Terse]:
    fake = Terse(Clock().moment)
    yield fake
    await fake.close()


@pytest.fixture
async def asking(fake: Terse) -> AsyncIterator[RequestContext]:
    asking = request(fake, Clock())
    yield asking
    await asking.close()


UNKNOWN = GlobalId(Source.ESPER, Kind.STAGE, "p", "none")
STRANGE = GlobalId(Source.ESPER, Kind.STAGE, "elsewhere", "s0")
LOST = GlobalId(Source.OUTREACH, Kind.STAGE, "", "7")
"""An id of a source that is not connected."""


async def test_each_key_has_its_own_fate(fake: Terse, asking: RequestContext) -> None:
    key = fake.put("one")
    found = await awaited(asking.load_each(Stage, [None, STRANGE, key, UNKNOWN, LOST, key]))
    assert isinstance(found[1], Rejected)
    assert [found[0], *found[2:]] == [None, fake.rows[key], None, None, fake.rows[key]]
    assert fake.asked == [key, UNKNOWN]
    assert await awaited(asking.load_each(Work, [key, None])) == [None, None], "no work"
    assert len(fake.asked) == 2


async def test_a_failing_source_fails_only_what_it_must_be_asked_for(
    fake: Terse, asking: RequestContext
) -> None:
    known, failing = fake.put("known"), fake.put("failing")
    await awaited(asking.load_each(Stage, [known]))
    fake.row_failure = Unavailable(Source.ESPER, "down")
    found = await awaited(asking.load_each(Stage, [failing, known, failing]))
    assert found == [fake.row_failure, fake.rows[known], fake.row_failure]
    lists = [[known], [known, UNKNOWN, failing], [], [failing]]
    assert await awaited(asking.load_lists(Stage, lists)) == [
        [fake.rows[known]], fake.row_failure, [], fake.row_failure,
    ]  # fmt: skip
    fake.row_failure = None
    assert await awaited(asking.load_lists(Stage, lists)) == [
        [fake.rows[known]], [fake.rows[known], fake.rows[failing]], [], [fake.rows[failing]],
    ]  # fmt: skip


async def test_works_may_tell_no_stage(fake: Terse, asking: RequestContext) -> None:
    key = fake.put("one")
    row = fake.rows[key]

    def work(stage: GlobalId | None, name: str | None = None) -> Work:
        return DevRevIssue(
            id=strawberry.ID("w"), source=Source.ESPER, source_id=strawberry.ID("w"),
            origin=row.origin, stage_key=stage, stage_name=name,
        )  # fmt: skip

    works = [work(None), work(key), work(None, "a name"), work(key, "a name"), work(UNKNOWN)]
    found = await awaited(asking.stages_of_works(works))
    assert found == [None, row, None, row, None], "Esper has no works, nor stages of their names"
    assert asking.stages_of_works([work(None)]) == [None]
