"""Works, chosen, ordered, exported and counted; what is expected is found in the state."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from gateway.sources.devrev.sandbox.works_filters import OF_WORKS
from gateway.sources.devrev.tests.choices import (
    CHOICES,
    NOWHERE,
    OF_OTHERS,
    SPAN,
    STAGES,
    Work,
    fitting,
    points,
    valued,
)
from gateway.sources.devrev.tests.plain import Api
from tests.fixtures import Sandbox


def body_of(name: str, value: Any) -> dict[str, Any]:
    for part in reversed(name.split(".")):
        value = {part: value}
    return value


def query_of(name: str, value: Any) -> str:
    values: list[Any] = value if isinstance(value, list) else [value]
    texts = [one if isinstance(one, str) else msgspec.json.encode(one).decode() for one in values]
    return "&".join(f"{name}={text}" for text in texts)


def listed(api: Api, **body: Any) -> list[Work]:
    return api.ok("works.list", limit=1000, **body)["works"]


@pytest.fixture
def works(sandbox: Sandbox) -> list[Work]:
    sandbox.turn("devrev.answers", "everything")
    return sandbox.state("devrev")["works"]


def test_there_is_a_choice_for_every_filter() -> None:
    assert OF_WORKS.keys() == CHOICES.keys() | OF_OTHERS | NOWHERE


@pytest.mark.parametrize("name", CHOICES)
def test_works_are_chosen(api: Api, works: list[Work], name: str) -> None:
    value, expected = CHOICES[name][0], fitting(works, name)
    assert expected
    assert len(expected) < len(works) or value is False
    body = body_of(name, value)
    assert listed(api, **body) == expected
    assert api.ok("works.export", first=5000, **body)["works"] == expected
    assert api.ok("works.count", **body) == {"count": len(expected), "has_more": False}
    if value != SPAN:
        query = query_of(name, value)
        assert api.get("works.list", f"{query}&limit=1000").json()["works"] == expected
        assert api.get("works.export", f"{query}&first=5000").json()["works"] == expected
        assert api.get("works.count", query).json()["count"] == len(expected)


@pytest.mark.parametrize("name", sorted(NOWHERE))
def test_what_no_work_has_chooses_none(api: Api, name: str) -> None:
    [word] = OF_WORKS[name].field.words
    assert listed(api, **body_of(name, [f"don:core:dvrv-us-1:devo/0:{word}/1"])) == []


def test_people_of_customers_and_their_orgs(api: Api, works: list[Work]) -> None:
    fields = {
        "reported_by": "reported_by",
        "ticket.rev_org": "rev_org",
        "opportunity.contacts": "contacts",
    }
    for name, field in fields.items():
        kind, _, _ = name.rpartition(".")
        first = next(one for one in works if one["type"] == (kind or "ticket"))
        own = first[field][0] if isinstance(first[field], list) else first[field]
        others = [one for one in works if points(one, field, own["id"])]
        expected = [one for one in others if kind in {"", one["type"]}]
        assert first in expected
        for text in (own["id"], own["display_id"]):
            assert listed(api, **body_of(name, [text])) == expected
            assert api.get("works.list", f"{name}={text}&limit=1000").json()["works"] == expected


def test_all_conditions_hold_at_once(api: Api, works: list[Work]) -> None:
    asked = ("type", "state", "owned_by", "issue.priority")
    body: dict[str, Any] = {}
    for name in asked:
        body |= body_of(name, CHOICES[name][0])
    body["issue"]["priority_v2"] = [1]
    expected = [one for one in works if valued(one, "priority_v2", 1)]
    for name in asked:
        expected = fitting(expected, name)
    assert expected
    assert listed(api, **body) == expected
    assert listed(api, type=["ticket"], issue={"priority": ["p0"]}) == []


def test_a_filter_of_one_type_may_leave_the_others_alone(
    sandbox: Sandbox, api: Api, works: list[Work]
) -> None:
    sandbox.turn("devrev.type_filters", "keep")
    found = listed(api, issue={"priority": ["p0"]}, ticket={"severity": ["high"]})
    wanted = {"issue": ("priority", "p0"), "ticket": ("severity", "high")}
    assert found == [
        one
        for one in works
        if one["type"] not in wanted
        or one[wanted[one["type"]][0]] == wanted[one["type"]][1]
    ]  # fmt: skip


def test_the_latest_days(api: Api, works: list[Work]) -> None:
    for preset, days, found in (
        ("last_n_days", 36_500, works),
        ("last_n_days", 1, []),
        ("next_n_days", 1, []),
    ):
        span = {"type": "preset", "preset_type": preset, "days": days}
        assert listed(api, created_date=span) == found


def ordered(works: Sequence[Work], field: str, *, down: bool) -> list[Work]:
    have = sorted((one for one in works if field in one), key=lambda one: one[field], reverse=down)
    return have + [one for one in works if field not in one]


@pytest.mark.parametrize(
    "field",
    ["title", "created_date", "modified_date", "target_close_date", "actual_close_date"],
)
def test_works_are_sorted_and_those_without_come_last(
    api: Api, works: list[Work], field: str
) -> None:
    for direction in ("asc", "desc"):
        expected = ordered(works, field, down=direction == "desc")
        text = f"{field}:{direction}"
        assert listed(api, sort_by=[text]) == expected
        assert api.ok("works.export", first=7, sort_by=[text])["works"] == expected[:7]
        query = f"sort_by={text}&limit=1000"
        assert api.get("works.list", query).json()["works"] == expected
    two = listed(api, sort_by=["title:asc", f"{field}:desc"])
    assert two == ordered(ordered(works, field, down=True), "title", down=False)


def test_pages_lead_through_what_is_chosen_and_sorted(api: Api) -> None:
    asked = {"type": ["issue"], "sort_by": ["modified_date:desc"]}
    whole, found, cursor = listed(api, **asked), list[Work](), ""
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = api.ok("works.list", limit=50, **asked, **more)
        found += page["works"]
        if "next_cursor" not in page:
            break
        cursor = page["next_cursor"]
    assert found == whole
    back = api.ok("works.list", limit=20, mode="before", cursor=page["prev_cursor"], **asked)
    start = len(whole) - len(page["works"])
    assert back["works"] == whole[start - 20 : start]


def test_an_export_has_fifty_works_by_itself(api: Api, works: list[Work]) -> None:
    assert api.ok("works.export") == {"works": works[:50]}
    assert api.ok("works.export", first=5000) == {"works": works}
    assert api.get("works.export", "first=3").json() == {"works": works[:3]}


def test_ids_of_stages_may_be_refused_or_have_no_effect(
    sandbox: Sandbox, api: Api, works: list[Work]
) -> None:
    stage = {"stages": STAGES, "name": ["triage"]}
    sandbox.turn("devrev.stage_ids", "refused")
    for response in (
        api.post("works.list", stage=stage),
        api.post("works.export", stage=stage),
        api.post("works.count", stage=stage),
        api.get("works.list", "stage.stages=STG-1"),
    ):
        body = api.refusal(response)
        assert body == {"type": "invalid_field", "field_name": "stage.stages"}
    assert api.post("works.list", stage={"name": ["triage"]}).status_code == 200
    sandbox.turn("devrev.stage_ids", "ignored")
    assert listed(api, stage=stage) == [one for one in works if one["stage"]["name"] == "triage"]
    assert api.ok("works.count", stage={"stages": STAGES})["count"] == len(works)


def test_works_may_be_counted_in_part_or_not_at_all(sandbox: Sandbox, api: Api) -> None:
    assert api.ok("works.count") == {"count": 240, "has_more": False}
    sandbox.turn("devrev.works_count", "capped")
    assert api.ok("works.count") == {"count": 100, "has_more": True}
    few = len(listed(api, stage={"stages": STAGES}))
    assert api.ok("works.count", stage={"stages": STAGES}) == {"count": few, "has_more": False}
    sandbox.turn("devrev.works_count", "missing")
    for response in (api.post("works.count"), api.get("works.count")):
        assert response.status_code == 404
        assert response.json().keys() == {"message"}


def test_a_work_is_found_by_the_id_of_its_own_type_alone(api: Api) -> None:
    assert api.ok("works.get", id="TKT-1")["work"]["display_id"] == "TKT-1"
    for unknown in ("ISS-1", "TASK-1", "ISS-999999", "don:core:dvrv-us-1:devo/0:issue/1"):
        assert api.post("works.get", id=unknown).status_code == 404
    assert api.refusal(api.post("works.get", id="STG-1"))["type"] == "unexpected_id_type"
