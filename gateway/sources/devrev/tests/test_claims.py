"""What the adapter says of itself, and which ids it takes for DevRev's."""

from typing import Any, cast

import pytest

from gateway.sources.devrev import DevRev
from gateway.upstream.trace import Trace
from schema.types.arguments import ResourceKey
from schema.types.ids import GlobalId, Kind
from schema.types.source import Source
from tests.fixtures import Connect

ROOT = "don:core:dvrv-us-1:devo/0:"


def key(text: str, kind: Kind = Kind.STAGE) -> GlobalId:
    return GlobalId(Source.DEVREV, kind, "", text)


def stage(number: int) -> GlobalId:
    return key(f"{ROOT}custom_stage/{number}")


def diagram(number: int) -> GlobalId:
    return key(f"{ROOT}stage_diagram/{number}", Kind.WORKFLOW)


@pytest.fixture
def devrev(connect: Connect) -> DevRev:
    return cast("DevRev", connect(Source.DEVREV))


async def test_a_key_is_a_don_or_a_display_id(devrev: DevRev) -> None:
    for text in (stage(1).source_id, "STG-1", "../works.list"):
        asked = ResourceKey(source=Source.DEVREV, source_id=cast("Any", text))
        [place] = await devrev.locate(Kind.STAGE, asked, Trace())
        assert place == key(text)
        assert devrev.owns(place) == (text != "../works.list")
    assert not devrev.owns(stage(1)._replace(scope="1"))
    assert devrev.owns(diagram(1))
    assert devrev.owns(key(ROOT + "issue/1", Kind.WORK))
    assert devrev.owns(key("ISS-1", Kind.WORK))
    assert not devrev.owns(key("../works.get", Kind.WORK))
    assert not devrev.owns(key(diagram(1).source_id, Kind.PIPELINE))


def test_what_it_says_of_itself() -> None:
    told = [(one.type.name, one.filters, one.orders) for one in DevRev.capabilities]
    of_works = [
        "createdAt", "ownerIds", "partIds", "priorities", "severities", "stageIds", "tagIds",
        "targetCloseAt", "types", "updatedAt",
    ]  # fmt: skip
    assert told == [
        ("STAGE", ["name"], []),
        ("WORK", of_works, ["CREATED_AT", "UPDATED_AT", "TARGET_CLOSE_AT"]),
        ("WORKFLOW", ["leafTypes", "name"], []),
    ]
