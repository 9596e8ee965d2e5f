"""Works that tell only a name that stages share: placed where ids are looked at, never guessed."""

from itertools import product
from typing import cast

import pytest

from gateway.sources.devrev import DevRev
from gateway.sources.devrev.tests.asking import (
    ROOT,
    Json,
    batches,
    key,
    offline,
    place,
    stage,
    told,
)
from gateway.sources.devrev.tests.vendor import Vendor, named
from gateway.upstream.trace import Trace
from schema.types.ids import Kind
from schema.types.source import Source
from schema.types.work import WorkType
from tests.fixtures import Connect, Sandbox


def fresh(connect: Connect) -> DevRev:
    return cast("DevRev", connect(Source.DEVREV))


@pytest.mark.parametrize("position", ["ignored", "served"])
async def test_no_work_is_placed_at_another_stage_of_the_name(
    sandbox: Sandbox, connect: Connect, position: str
) -> None:
    state: list[Json] = sandbox.state("devrev")["works"]
    sandbox.turn("devrev.work_stage", "name")
    sandbox.turn("devrev.stage_ids", position)
    parts = sorted({one["applies_to_part"]["id"] for one in state})
    for at, part, kind in product((stage(5), stage(12)), parts, (None, *WorkType)):
        # What DevRev serves is not known at first: each adapter has to find it out.
        devrev = fresh(connect)
        types = None if kind is None else (kind,)
        found = await batches(devrev, stages=(at,), parts=(key(part, Kind.PART),), types=types)
        rows = [row.source_id for batch in found for row in batch.rows if row.stage_key == at]
        mine = [
            one
            for one in state
            if place(one) == at.source_id
            and one["applies_to_part"]["id"] == part
            and kind in {None, WorkType(one["type"])}
        ]
        assert sorted(rows) == (told(mine) if position == "served" else [])


@pytest.mark.parametrize("by_ids", ["served", "ignored", "refused"])
@pytest.mark.parametrize("count", [1, 8, 40])
async def test_a_list_of_one_name_alone_does_not_tell_that_ids_are_looked_at(
    by_ids: str, count: int
) -> None:
    works = [
        {"type": "task", "id": f"{ROOT}task/{number}", "stage": {"name": "stage 5", "stage": at},
         "modified_date": f"2025-01-01T00:{number:02}:00.000Z"}
        for number in range(count) for at in [named(5 + number % 2)]
    ]  # fmt: skip
    vendor = Vendor(works, sorts=True, by_ids=by_ids, most=100)
    vendor.tells_ids = False
    adapter = offline(vendor, page_size=10)
    for at in (stage(5), stage(6), stage(5)):
        mine = told(one for one in works if place(one) == at.source_id)
        placed = mine if by_ids == "served" else []
        found = await batches(adapter, stages=(at,))
        rows = [row.source_id for batch in found for row in batch.rows if row.stage_key == at]
        assert sorted(rows) == placed
        assert sum(batch.dropped for batch in found) == (0 if by_ids == "served" else count)
        batch = (await adapter.works_of([at], 20, Trace()))[at]
        assert sorted(row.source_id for row in batch.rows) == placed
