"""What a refusal is about is read out of it, left out of the request, and held for a while."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

import httpx
import msgspec
import pytest

from gateway import errors
from gateway.adapter import WorkAsk
from gateway.sources.devrev import DevRev, refusals
from gateway.sources.devrev.refusals import Refusal
from gateway.sources.devrev.tests.asking import (
    GET,
    LIST,
    Json,
    answers,
    batches,
    counts,
    dons,
    key,
    listed,
    offline,
    place,
    stage,
    told,
)
from gateway.sources.devrev.tests.vendor import Vendor, some_works
from gateway.upstream.trace import Trace
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect, Sandbox

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def state(sandbox: Sandbox) -> list[Json]:
    return sandbox.state("devrev")["works"]


class Clock:
    """Stands still."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time


class Refusing:
    """A vendor that refuses some first pages of works, and answers all else.

    Args:
        refuses: returns the body of a refusal, None to answer.
    """

    def __init__(self, refuses: Callable[[Json], Json | None]) -> None:
        works = some_works(Random(3))  # noqa: S311 - no secrets
        self.vendor = Vendor(works, sorts=True, by_ids="served", most=100)
        self.refuses = refuses
        self.asked: list[Json] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = msgspec.json.decode(request.content)
        refusal = self.refuses(body) if request.url.path == LIST else None
        if request.url.path == LIST:
            self.asked.append(body)
        return self.vendor(request) if refusal is None else httpx.Response(400, json=refusal)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (
            b'{"type":"invalid_field","field_name":"stage.stages"}',
            ("invalid_field", "stage.stages"),
        ),
        (b'{"type":"invalid_id","message":"x"}', ("invalid_id", "")),
        (b'{"type":"Bearer x","field_name":"' + b"a" * 41 + b'"}', ("", "")),
        (b'{"type":null,"field_name":"limit"}', ("", "limit")),
        (b'{"type":7}', ("", "")),
        (b"[]", ("", "")),
        (b"", ("", "")),
        (b"[" * 100_000, ("", "")),
    ],
)
def test_a_refusal_may_be_anything(body: bytes, refusal: tuple[str, str]) -> None:
    assert refusals.read(body) == refusal


def test_only_a_400_is_a_refusal() -> None:
    told = errors.BadResponse(Source.DEVREV, "", status=400, reason=("invalid_id",))
    assert refusals.of(told) == Refusal("invalid_id")
    assert refusals.of(errors.BadResponse(Source.DEVREV, "", status=422)) is None
    assert "reason" not in told.extensions()


async def test_a_refusal_of_anything_but_the_id_is_no_absence(
    sandbox: Sandbox, connect: Connect, state: list[Json]
) -> None:
    ids = [key(one["id"]) for one in state[:2]]
    wrong = cast("DevRev", connect(Source.DEVREV, version="2021-01-01"))
    found = await wrong.get_works(ids, Trace())
    assert [type(one) for one in found.values()] == [errors.BadResponse] * 2
    devrev = cast("DevRev", connect(Source.DEVREV))
    for kind in ("invalid_id", "unexpected_id_type"):
        sandbox.heal()
        answers(sandbox, GET, {"type": kind}, 400)
        assert await devrev.get_works(ids, Trace()) == {}


async def test_a_request_that_is_refused_for_something_else_is_not_sent_again(
    sandbox: Sandbox, connect: Connect
) -> None:
    devrev = cast("DevRev", connect(Source.DEVREV, version="2021-01-01", page_size=1000))
    with pytest.raises(errors.BadResponse):
        await listed(devrev, stages=(stage(1),))
    assert counts(sandbox) == {LIST: 1}
    devrev = cast("DevRev", connect(Source.DEVREV, page_size=1000))
    sandbox.forget()
    answers(sandbox, LIST, {"type": "invalid_field", "field_name": "applies_to_part"}, 400)
    with pytest.raises(errors.BadResponse):
        await listed(devrev, stages=(stage(1),))
    assert counts(sandbox) == {LIST: 1}
    sandbox.heal()
    sandbox.forget()
    answers(sandbox, LIST, {"type": "bad_request"}, 400)
    with pytest.raises(errors.BadResponse):
        await listed(devrev, stages=(stage(1),))
    assert counts(sandbox)[LIST] <= 6


async def test_a_strange_stage_costs_no_others_their_filter(
    sandbox: Sandbox, connect: Connect, state: list[Json]
) -> None:
    devrev = cast("DevRev", connect(Source.DEVREV))
    mine = told(one for one in state if place(one) == stage(1).source_id)
    strange = key("don:core:x:custom_stage/1", Kind.STAGE)
    assert await dons(devrev, stages=(strange,)) == []
    assert await dons(devrev, stages=(stage(1), strange)) == mine
    sandbox.forget()
    assert await dons(devrev, stages=(stage(1),)) == mine
    assert counts(sandbox) == {LIST: 1}  # by id, so that no name was read


async def test_a_passing_refusal_holds_for_ten_minutes() -> None:
    clock = Clock()
    troubles = [{"type": "bad_request"}]
    devrev = Refusing(lambda _: troubles.pop() if troubles else None)
    adapter = offline(devrev, now=clock)

    async def sorts() -> bool:
        devrev.asked.clear()
        [batch, *_] = [batch async for batch in adapter.works(WorkAsk(), Trace())]
        assert len(batch.rows) == len(devrev.vendor.works)
        return "sort_by" in devrev.asked[-1]

    assert not await sorts()
    clock.time = START + timedelta(minutes=9)
    assert not await sorts()
    clock.time = START + timedelta(minutes=10)
    assert await sorts()


@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("field", ["sort_by", "stage", "limit"])
async def test_what_is_refused_is_left_out_and_nothing_else(field: str, *, is_named: bool) -> None:
    def refuses(body: Json) -> Json | None:
        if field not in body or (field == "limit" and body["limit"] <= 50):
            return None
        if field == "stage" and "stages" not in body["stage"]:
            return None
        name = {"stage": "stage.stages"}.get(field, field)
        return {"type": "bad_request"} | ({"field_name": name} if is_named else {})

    devrev = Refusing(refuses)
    adapter = offline(devrev, page_size=120)
    ask = {"stages": (stage(1), stage(2))}
    wanted = sorted(
        one["id"] for one in devrev.vendor.works if GlobalId.parse(at(one)) in ask["stages"]
    )
    assert await dons(adapter, **ask) == wanted
    assert len(devrev.asked) <= (3 if is_named else 6)
    devrev.asked.clear()
    assert len(await batches(adapter, **ask)) == 1
    [body] = devrev.asked
    assert ("sort_by" in body) is (field != "sort_by")
    assert ("stages" in body["stage"]) is (field != "stage")
    assert body["limit"] == (50 if field == "limit" else 120)


def at(work: Json) -> str:
    return str(key(str(place(work)), Kind.STAGE))
