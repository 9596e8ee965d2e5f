"""Every open point of the vendor's, in every position: the same answer."""

from datetime import UTC, datetime
from typing import Any, cast

from gateway.adapter import Span, StageAsk
from gateway.sources.outreach import Outreach
from gateway.sources.outreach.sandbox import EMULATOR
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from schema.types.stage import Stage, StageOrderField
from tests.attributes import attributes
from tests.fixtures import Connect, Sandbox

TURNS = [
    *({name: one} for name, positions in EMULATOR.positions.items() for one in positions[1:]),
    {name: positions[-1] for name, positions in EMULATOR.positions.items()},
]


def stage_id(number: int) -> GlobalId:
    return GlobalId(Source.OUTREACH, Kind.STAGE, "", str(number))


def shown(stage: Stage) -> tuple[str, dict[str, Any]]:
    return stage.id, {**attributes(stage), "origin": None, "version": stage.origin.version()}


async def listed(adapter: Outreach, ask: StageAsk) -> dict[str, Any]:
    batches = [batch async for batch in adapter.stages(ask, Trace())]
    assert not any(batch.dropped for batch in batches)
    return dict(shown(row) for batch in batches for row in batch.rows)


async def got(adapter: Outreach, *numbers: int) -> dict[str, Any]:
    found = await adapter.get_stages([stage_id(number) for number in numbers], Trace())
    return dict(map(shown, found.values()))


async def everything(adapter: Outreach) -> list[Any]:
    """All that can be asked for, of more rows than the smallest page that a switch allows."""
    names = ("Partner: 検討中 🤝", "Enterprise: In Review, legal (2)")
    span = Span(datetime(2025, 1, 20, tzinfo=UTC), datetime(2025, 1, 25, tzinfo=UTC))
    stages = [stage_id(number) for number in range(1, 61)]
    return [
        await listed(adapter, StageAsk(order=StageOrderField.POSITION, descending=True)),
        await got(adapter, *range(25, 140)),
        await got(adapter, 9),
        await got(adapter, 4711),
        await listed(adapter, StageAsk(names=names)),
        await listed(adapter, StageAsk(names=("nobody",))),
        await listed(adapter, StageAsk(created=span, updated=Span(gte=span.gte))),
        await adapter.prospects_of(stages, 7, Trace()),
        await adapter.prospects_of(stages[:1], 200, Trace()),
        await adapter.check(Trace()),
    ]


async def test_every_position_gives_the_same_answer(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.reset(scale=3)
    plain = await everything(cast("Outreach", connect(Source.OUTREACH)))
    assert [len(part) for part in plain[:-1]] == [135, 111, 1, 0, 2, 0, 20, 60, 1]
    for turns in TURNS:
        for name, position in turns.items():
            sandbox.turn(f"outreach.{name}", position)
        # A new adapter each time: what it learnt of the vendor before is not of use to it.
        answer = await everything(cast("Outreach", connect(Source.OUTREACH)))
        assert answer == plain, turns
        for name in turns:
            sandbox.turn(f"outreach.{name}", EMULATOR.positions[name][0])
