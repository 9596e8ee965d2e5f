"""The emulator in the vendor's words."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

from gateway.sources.outreach.sandbox import EMULATOR
from tests.fixtures import Sandbox, plain_http

MEDIA_TYPE = "application/vnd.api+json"

Answer = httpx.Response
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def client(sandbox_server: str) -> Any:
    with plain_http(
        sandbox_server + EMULATOR.prefix, headers={"Authorization": "Bearer sandbox"}
    ) as client:
        yield client


@pytest.fixture
def ask(client: httpx.Client, sandbox: Sandbox) -> Ask:
    """Ask for a path with a query of pairs or of names."""

    def ask(path: str, *pairs: tuple[str, Any], **more: Any) -> Answer:
        return client.get(path, params=[(name, str(text)) for name, text in pairs], **more)

    return ask


def ids(answer: Answer) -> list[int]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    return [one["id"] for one in answer.json()["data"]]


def error(answer: Answer, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    [one] = answer.json()["errors"]
    assert one["id"] == code
    assert one["title"]
    return one


def refused(answer: Answer) -> str:
    """The parameter that was refused."""
    return error(answer, 422, "validationError")["source"]["parameter"]


def test_the_seed_is_always_the_same(sandbox: Sandbox) -> None:
    state = sandbox.state("outreach")
    assert [len(state[kind]) for kind in ("stages", "prospects", "users")] == [45, 200, 12]
    assert state["people"] == state["users"]
    stages = [one["attributes"] for one in state["stages"]]
    assert len({one["name"] for one in stages}) == 45
    assert len({one["name"].casefold() for one in stages}) == 44
    for field in ("order", "color"):
        assert None in [one[field] for one in stages]
    assert len({one["order"] for one in stages}) < 45
    assert all(one["createdAt"] < one["updatedAt"] for one in stages)
    assert None in [one["relationships"]["updater"]["data"] for one in state["stages"]]
    sandbox.reset()
    assert sandbox.state("outreach") == state


def test_a_larger_scale_adds_stages_and_prospects(sandbox: Sandbox) -> None:
    small = sandbox.state("outreach")
    sandbox.reset(scale=3)
    large = sandbox.state("outreach")
    assert [len(large[kind]) for kind in ("stages", "prospects", "users")] == [135, 600, 12]
    assert large["stages"][:45] == small["stages"]
    assert len({one["attributes"]["name"] for one in large["stages"]}) == 135


@pytest.mark.parametrize("form", EMULATOR.positions["ids"])
def test_the_state_is_what_the_gets_answer(sandbox: Sandbox, ask: Ask, form: str) -> None:
    sandbox.turn("outreach.ids", form)
    state = sandbox.state("outreach")
    for path in ("stages", "users", "prospects"):
        for one in state[path][::9]:
            assert isinstance(one["id"], int if form == "integer" else str)
            assert ask(f"/{path}/{one['id']}").json() == {"data": one}
        assert ask(f"/{path}", ("page[size]", 1000)).json()["data"] == state[path]


def test_any_other_credential_is_refused(client: httpx.Client, sandbox: Sandbox) -> None:
    for sent in (None, "Bearer wrong", "sandbox", "Basic sandbox", "Bearer"):
        request = client.build_request("GET", "/stages")
        del request.headers["Authorization"]
        if sent is not None:
            request.headers["Authorization"] = sent
        error(client.send(request), 401, "unauthorized")


def test_what_is_not_there(client: httpx.Client, ask: Ask) -> None:
    told = error(ask("/stages/46"), 404, "resourceNotFound")
    assert told["detail"] == "Could not find 'stage' with ID '46'."
    for path in ("/stages/x", "/stages/-1", "/stages/0", "/users/13", "/prospects/" + "9" * 40):
        error(ask(path), 404, "resourceNotFound")
    for path in ("/stages/", "/nowhere", "/stages/1/prospects", "/"):
        error(ask(path), 404, "routeNotFound")
    for method, path in (("POST", "/stages/1"), ("PATCH", "/stages"), ("DELETE", "/users/1")):
        answer = client.request(method, path, headers={"Content-Type": MEDIA_TYPE})
        error(answer, 404, "routeNotFound")


def test_the_content_type_of_bodies(client: httpx.Client, sandbox: Sandbox, ask: Ask) -> None:
    told = error(client.post("/stages", json={}), 415, "unsupportedMediaType")
    assert "details" in told
    assert "detail" not in told
    assert ids(ask("/stages"))
    sandbox.turn("outreach.content_type", "always")
    error(ask("/stages"), 415, "unsupportedMediaType")
    assert ids(ask("/stages", headers={"Content-Type": MEDIA_TYPE}))
    assert ids(ask("/stages", headers={"Content-Type": MEDIA_TYPE + "; charset=utf-8"}))


def test_a_stage(ask: Ask) -> None:
    answer = ask("/stages/4", ("include", "creator,updater"))
    stage, people = answer.json()["data"], answer.json()["included"]
    assert (stage["type"], stage["id"]) == ("stage", 4)
    assert set(stage["attributes"]) == {"color", "createdAt", "name", "order", "updatedAt"}
    assert stage["links"]["self"] == "https://api.outreach.io/api/v2/stages/4"
    related = stage["relationships"]["prospects"]["links"]["related"]
    assert related.endswith("/api/v2/prospects?filter%5Bstage%5D%5Bid%5D=4")
    assert "meta" not in stage
    ends = {stage["relationships"][name]["data"]["id"] for name in ("creator", "updater")}
    assert {(one["type"], one["id"]) for one in people} == {("user", number) for number in ends}


def test_metadata_on_request(ask: Ask) -> None:
    both = [("provideAuthorizationMeta", "true"), ("provideDataConnections", "true")]
    assert ask("/stages/4", both[0]).json()["data"]["meta"] == {"canWrite": True, "canDelete": True}
    [connection] = ask("/stages/4", both[1]).json()["data"]["meta"]["dataConnections"]
    assert connection["source"] == "salesforce"
    [stage] = ask("/stages", ("filter[id]", 5), *both).json()["data"]
    assert stage["meta"] == {"canWrite": True, "canDelete": False, "dataConnections": []}


def test_pages_by_cursor(ask: Ask, client: httpx.Client) -> None:
    found: list[int] = []
    answer = ask("/stages", ("page[size]", 20), ("sort", "-order"), ("count", "false"))
    assert answer.json()["links"]["prev"] is None
    while True:
        found += ids(answer)
        links = answer.json()["links"]
        assert set(links) == {"first", "prev", "next"}
        if links["next"] is None:
            break
        assert "[" not in links["next"]
        assert "sort=-order" in links["next"]
        # A production client adds its own parameters to the link once more.
        again = links["next"] + "&page%5Bsize%5D=20&sort=-order&count=false"
        answer = client.get(links["next"])
        assert ids(client.get(again)) == ids(answer)
    assert found == ids(ask("/stages", ("sort", "-order")))
    assert ask("/stages", ("page[size]", 45)).json()["links"]["next"] is None
    before = client.get(answer.json()["links"]["prev"])
    assert ids(before) == found[20:40]
    assert ids(client.get(before.json()["links"]["prev"])) == found[:20]
    assert ids(client.get(before.json()["links"]["first"])) == found[:20]


def test_pages_by_offset(ask: Ask, client: httpx.Client) -> None:
    answer = ask("/stages", ("page[limit]", 20), ("page[offset]", 20))
    assert ids(answer) == [*range(21, 41)]
    links = answer.json()["links"]
    assert ids(client.get(links["next"])) == ids(client.get(links["last"])) == [*range(41, 46)]
    assert ids(client.get(links["prev"])) == ids(client.get(links["first"])) == [*range(1, 21)]
    assert refused(ask("/stages", ("page[limit]", 1001))) == "page[limit]"
    assert refused(ask("/stages", ("page[offset]", 10_001))) == "page[offset]"


def test_page_sizes(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.reset(scale=3)
    assert len(ids(ask("/stages"))) == 50
    for position, large, too_large in (
        ("accepted", 135, None), ("clamped", 100, 100), ("refused", None, None),
    ):  # fmt: skip
        sandbox.turn("outreach.page_size", position)
        for size, count in ((100, 100), (1000, large), (1001, too_large)):
            answer = ask("/stages", ("page[size]", size))
            if count is None:
                assert refused(answer) == "page[size]"
            else:
                assert len(ids(answer)) == count
    for text in ("0", "-1", "x", "", "1.5", "٣", "9" * 5000):
        assert refused(ask("/stages", ("page[size]", text))) == "page[size]"
    for text in ("x", "é", "cm93IHg=", "", "cm93"):
        assert refused(ask("/stages", ("page[after]", text))) == "page[after]"
        assert refused(ask("/stages", ("page[before]", text))) == "page[before]"


def test_counts_and_links_of_a_list(sandbox: Sandbox, ask: Ask) -> None:
    some, none = ("filter[id]", "1..30"), ("filter[name]", "nobody")
    exact = {"count": 30, "count_truncated": False}
    assert ask("/stages", some, ("page[size]", 3), ("count", "true")).json()["meta"] == exact
    assert "meta" not in ask("/stages", some).json()
    assert ask("/stages", none).json() == {"data": []}
    sandbox.turn("outreach.count", "truncated")
    given_up = {"count": 0, "count_truncated": True}
    assert ask("/stages", some, ("count", "true")).json()["meta"] == given_up
    sandbox.turn("outreach.empty_links", "present")
    links = ask("/stages", none).json()["links"]
    assert (links["prev"], links["next"]) == (None, None)


def test_filters_of_the_plain_syntax(ask: Ask, sandbox: Sandbox) -> None:
    def found(name: str, text: object) -> list[int]:
        return ids(ask("/stages", (f"filter[{name}]", text)))

    stages = {one["id"]: one["attributes"] for one in sandbox.state("outreach")["stages"]}
    assert found("id", "3,1,99") == [1, 3]
    assert found("id", "5..7") == [5, 6, 7]
    assert found("id", "44..inf") == [44, 45]
    assert found("id", "neginf..2") == [1, 2]
    assert found("name", "SMB: Won") == [
        n for n, one in stages.items() if one["name"] == "SMB: Won"
    ]
    assert found("name", "Enterprise: In Review, legal") == []  # the comma makes two
    assert found("order", "__null__") == [13, 26, 39]
    assert len(found("order", "__notnull__")) == 42
    assert found("id", "x") == []
    edge = stages[7]["createdAt"]
    assert found("createdAt", edge) == [n for n, one in stages.items() if one["createdAt"] == edge]
    late = found("createdAt", f"{edge}..inf")
    assert late == [n for n, one in stages.items() if one["createdAt"] >= edge]
    early = found("updatedAt", "neginf..2025-04-01")
    assert early == [n for n, one in stages.items() if one["updatedAt"] <= "2025-04-01T"]
    assert ids(ask("/stages", ("filter[id]", 1), ("filter[id]", 2))) == [2]
    assert ids(ask("/stages", ("filter[id]", "1..3"), ("filter[order]", 1))) == [2]


def test_filters_of_the_new_syntax(ask: Ask) -> None:
    new = ("newFilterSyntax", "true")

    def names(answer: Answer) -> list[str]:
        assert answer.status_code == 200, answer.text
        return [one["attributes"]["name"] for one in answer.json()["data"]]

    hard = ["Enterprise: In Review, legal", "Mid-Market: 10..50 seats", "SMB: [new] lead"]
    assert names(ask("/stages", new, *(("filter[name][]", name) for name in hard))) == hard
    assert names(ask("/stages", new, ("filter[name]", hard[0]))) == hard[:1]
    assert ids(ask("/stages", new, ("filter[id][gte]", 5), ("filter[id][lte]", 7))) == [5, 6, 7]
    assert ids(ask("/stages", new, ("filter[id][]", 5), ("filter[id][]", 7))) == [5, 7]
    assert ids(ask("/stages", new, ("filter[order]", "__null__"))) == [13, 26, 39]
    assert ids(ask("/stages", new, ("filter[name][]", "__null__"))) == []
    for operator in ("", "gte", "lte"):
        parameter = f"filter[id][{operator}]"
        assert refused(ask("/stages", (parameter, 5))) == parameter
    assert refused(ask("/stages", new, ("filter[id][gt]", 5))) == "filter[id][gt]"


def test_filters_by_relationships(ask: Ask, sandbox: Sandbox) -> None:
    prospects = sandbox.state("outreach")["prospects"]
    at = {one["id"]: (one["relationships"]["stage"]["data"] or {}).get("id") for one in prospects}
    everyone = ("page[size]", 1000)
    found = ids(ask("/prospects", ("filter[stage][id]", "1,2"), everyone))
    assert found == [number for number, stage in at.items() if stage in {1, 2}]
    name = sandbox.state("outreach")["stages"][0]["attributes"]["name"]
    found = ids(ask("/prospects", ("filter[stage][name]", name), everyone))
    assert found == [number for number, stage in at.items() if stage == 1]
    number, stage = next((number, stage) for number, stage in at.items() if stage)
    assert ids(ask("/stages", ("filter[prospects][id]", number))) == [stage]
    assert ids(ask("/stages", ("filter[prospects][id]", 9999))) == []
    past = ("filter[stage][id]", 1), ("filter[id]", "100..inf"), ("sort", "-id")
    found = ids(ask("/prospects", *past))
    assert found == sorted((n for n, one in at.items() if one == 1 and n >= 100), reverse=True)


def test_what_cannot_be_asked_for(ask: Ask) -> None:
    for name, text in (
        ("filter[color]", "#5951ff"),
        ("filter[creator][id]", "1"),
        ("filter[updater]", "1"),
        ("filter[prospects]", "1"),
        ("filter[prospects][name]", "Ada"),
        ("filter[nothing]", "1"),
        ("filter[q]", "a"),
        ("filter[order]", "a..b"),
        ("filter[createdAt]", "yesterday..inf"),
        ("sort", "color"),
        ("sort", "name,-nothing"),
        ("sort", "creator.name"),
        ("include", "prospects"),
        ("include", "creator,nobody"),
    ):
        assert refused(ask("/stages", (name, text))) == name


def test_unknown_parameters(sandbox: Sandbox, ask: Ask) -> None:
    known = [
        ("filter[name]", "x"), ("page[size]", 5), ("sort", "name"), ("include", "creator"),
        ("count", "true"), ("fields[stage]", "name"), ("provideAuthorizationMeta", "true"),
        ("provideDataConnections", "true"), ("newFilterSyntax", "true"),
    ]  # fmt: skip
    assert len(ids(ask("/stages", ("page[number]", 2), ("x", "y")))) == 45
    sandbox.turn("outreach.unknown_parameters", "refused")
    ids(ask("/stages", *known))
    for name in ("page[number]", "x", "filters[name]", "limit"):
        assert refused(ask("/stages", (name, "1"))) == name
        assert refused(ask("/stages/1", (name, "1"))) == name


@pytest.mark.parametrize("nulls", EMULATOR.positions["nulls"])
def test_sorting(sandbox: Sandbox, ask: Ask, nulls: str) -> None:
    sandbox.turn("outreach.nulls", nulls)
    stages = {one["id"]: one["attributes"] for one in sandbox.state("outreach")["stages"]}

    def orders(sort: str) -> list[int | None]:
        return [stages[number]["order"] for number in ids(ask("/stages", ("sort", sort)))]

    known, missing = (
        sorted(one["order"] for one in stages.values() if one["order"] is not None),
        [None] * 3,
    )
    upward = [*missing, *known] if nulls == "first" else [*known, *missing]
    assert orders("order") == upward
    assert orders("-order") == upward[::-1]
    both = ids(ask("/stages", ("sort", "-order,name")))
    pairs = [(-(stages[n]["order"] or 0), stages[n]["name"]) for n in both if stages[n]["order"]]
    assert pairs == sorted(pairs)
    newest = [stages[n]["updatedAt"] for n in ids(ask("/stages", ("sort", "-updatedAt")))]
    assert newest == sorted(newest, reverse=True)


def test_sparse_fields(sandbox: Sandbox, ask: Ask) -> None:
    def parts(*pairs: tuple[str, str]) -> tuple[set[str], set[str]]:
        data = ask("/prospects/1", *pairs).json()["data"]
        return set(data["attributes"]), set(data["relationships"])

    whole = parts()
    assert parts(("fields[prospect]", "stage,name")) == ({"name"}, {"stage"})
    assert parts(("fields[stage]", "name")) == whole
    assert parts(("fields[prospect]", "")) == (set(), set())
    included = ask("/stages/1", ("include", "creator"), ("fields[user]", "email")).json()
    assert [set(one["attributes"]) for one in included["included"]] == [{"email"}]
    sandbox.turn("outreach.sparse_fields", "bare")
    assert parts(("fields[prospect]", "stage,name")) == ({"name"}, set())
    sandbox.turn("outreach.sparse_fields", "attributes")
    assert parts(("fields[prospect]", "name")) == ({"name"}, whole[1])
    for path in ("/prospects", "/prospects/1"):
        told = ask(path, ("fields[prospect]", "stage,name"))
        error(told, 400, "fieldsParameter.unknownResourceField")


def test_the_limit_is_told_with_every_answer(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.turn("outreach.limit", "none")
    assert not [name for name in ask("/stages/1").headers if name.startswith("x-ratelimit")]
    sandbox.turn("outreach.limit", "3/60")
    for path, remaining in (("/stages/1", "2"), ("/stages/99", "1"), ("/nowhere", "0")):
        headers = ask(path).headers
        assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("3", remaining)
        assert float(headers["X-RateLimit-Reset"]) == pytest.approx(time.time() + 60, abs=10)
        assert "Retry-After" not in headers
    sandbox.turn("outreach.remaining", "two")
    answer = ask("/stages/1")
    error(answer, 429, "rateLimitExceeded")
    assert answer.headers["X-RateLimit-Remaining"] == "0, 6"
    assert answer.headers["Retry-After"] == answer.headers["X-RateLimit-Reset"]
    sandbox.turn("outreach.retry_after", "seconds")
    assert float(ask("/stages/1").headers["Retry-After"]) == pytest.approx(60, abs=10)
    sandbox.turn("outreach.retry_after", "iso")
    at = datetime.fromisoformat(ask("/stages/1").headers["Retry-After"])
    assert at.timestamp() == pytest.approx(time.time() + 60, abs=10)


def test_the_limit_of_the_vendor(sandbox: Sandbox, ask: Ask) -> None:
    headers = ask("/stages/1").headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("10000", "9999")
