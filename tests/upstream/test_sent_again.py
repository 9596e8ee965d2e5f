"""Objects that come again byte by byte are what they were, but for when they came."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from gateway.sources.devrev import normalise_works, wire_works
from gateway.upstream.origin import Row, decode_row
from schema.types.devrev_works import DevRevWork
from tests.fixtures import Sandbox, serve

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def work(title: str, at: datetime, mark: int = 1) -> Row[wire_works.Work]:
    body = msgspec.json.encode(
        {
            "id": "don:core:dvrv-us-1:devo/0:issue/1",
            "display_id": "ISS-1",
            "type": "issue",
            "title": title,
        }
    )
    return decode_row(msgspec.Raw(body), wire_works.ANY, at, normalise_works.identity, mark)


def made(row: Row[wire_works.Work]) -> DevRevWork:
    return row.made(normalise_works.work)


def test_its_struct_is_the_same_and_its_time_is_its_own() -> None:
    first, second = work("One", NOW), work("One", LATER, 2)
    assert second.wire is first.wire
    assert (first.origin.fetched_at, first.origin.mark) == (NOW, 1)
    assert (second.origin.fetched_at, second.origin.mark) == (LATER, 2)


def test_its_graph_object_is_a_copy_with_its_own_origin() -> None:
    one, again = made(work("Two", NOW)), made(work("Two", LATER))
    assert again is not one
    assert (one.origin.fetched_at, again.origin.fetched_at) == (NOW, LATER)
    assert again.title == one.title == "Two"


def test_what_was_written_of_it_is_remembered() -> None:
    one = made(work("Three", NOW))
    one.pieces = {"a selection": {}}
    assert made(work("Three", LATER)).pieces is one.pieces


def test_one_letter_makes_another_object() -> None:
    first, second = work("Four", NOW), work("Five", NOW)
    assert second.wire is not first.wire
    assert made(second).title == "Five"
    assert made(second).pieces is None


def test_a_version_is_the_same() -> None:
    version = work("Six", NOW).origin.version()
    again = work("Six", LATER).origin
    assert again.known_version == version == again.version()


def test_a_bounded_number_of_things_made_of_it_is_remembered() -> None:
    row = work("Seven", NOW)

    def make(row: Row[wire_works.Work], number: int) -> DevRevWork:
        return normalise_works.placed(normalise_works.work(row), number)  # type: ignore[arg-type]

    for number in range(100):
        assert row.made(make, number).stage_key == number
    assert len(row.shared) < 10


LIST = """{ stages(first: 5, filter: {sources: [%s]}) {
  nodes { id name updatedAt raw version freshness { fetchedAt servedFrom } }
} }"""


@pytest.mark.parametrize("source", ["DEVREV", "OUTREACH", "STORYBLOK", "ESPER"])
async def test_an_answer_tells_when_it_was_asked_for_itself(sandbox: Sandbox, source: str) -> None:
    ticking = iter(range(10**6))

    def now() -> datetime:
        return NOW + timedelta(seconds=next(ticking))

    async with serve(sandbox, now=now, **{f"{source}_TTL": "0"}) as graph:
        answers: list[list[dict[str, Any]]] = [
            (await graph.data(LIST % source))["stages"]["nodes"] for _ in range(3)
        ]
    for first, second in zip(answers[0], answers[2], strict=True):
        assert first["freshness"]["fetchedAt"] < second["freshness"]["fetchedAt"]
        assert first["freshness"]["servedFrom"] == second["freshness"]["servedFrom"]
        del first["freshness"], second["freshness"]
    assert answers[0] == answers[2]
