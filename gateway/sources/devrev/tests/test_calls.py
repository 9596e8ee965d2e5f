"""The exact requests, with no network."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sources.devrev import calls, wire
from gateway.upstream.call import Call

DON = "don:core:dvrv-us-1:devo/0:custom_stage/1"


def sent(call: Call[Any]) -> tuple[str, str, Any]:
    assert call.params == {}
    assert call.query == ()
    return call.method, call.route, msgspec.json.decode(msgspec.json.encode(call.body))


def test_a_list_of_all_stages() -> None:
    assert sent(calls.list_stages(None, 100)) == ("POST", "/stages.custom.list", {"limit": 100})


def test_a_list_by_exact_names() -> None:
    names = ("In Review", 'a "quoted", name')
    assert sent(calls.list_stages(names, 50)) == (
        "POST",
        "/stages.custom.list",
        {"limit": 50, "name": ["In Review", 'a "quoted", name']},
    )


def test_no_names_are_no_condition_and_never_an_empty_list() -> None:
    assert sent(calls.list_stages((), 50))[2] == {"limit": 50}


@pytest.mark.parametrize("odd", ["", " ", " triage", "triage\t", "a\nb", "\u200b", "\ud800"])
def test_names_that_may_be_read_otherwise_are_not_pushed_down(odd: str) -> None:
    assert sent(calls.list_stages(("triage", odd), 50))[2] == {"limit": 50}


def test_gets_carry_the_id_in_the_body_and_never_in_the_path() -> None:
    assert sent(calls.get_stage(DON)) == ("POST", "/stages.custom.get", {"id": DON})
    assert sent(calls.get_stage("STG-1")) == ("POST", "/stages.custom.get", {"id": "STG-1"})
    assert sent(calls.get_diagram("SDG-1")) == ("POST", "/stage-diagrams.get", {"id": "SDG-1"})


def test_a_list_of_diagrams() -> None:
    everything = ("POST", "/stage-diagrams.list", {"limit": 100})
    assert sent(calls.list_diagrams(None, None, 100)) == everything
    assert sent(calls.list_diagrams((), (), 100)) == everything
    chosen = {"limit": 50, "name": ["a, b"], "leaf_type": ["issue", "ticket"]}
    assert sent(calls.list_diagrams(("a, b",), ("issue", "ticket"), 50))[2] == chosen
    odd = calls.list_diagrams((" a",), ("issue",), 50)
    assert sent(odd)[2] == {"limit": 50, "leaf_type": ["issue"]}


def test_the_check_sends_an_empty_object() -> None:
    assert sent(calls.check()) == ("POST", "/dev-users.self", {})


def test_the_last_page_has_no_cursor_or_a_null_or_an_empty_one() -> None:
    call = calls.list_stages(None, 50)
    for body in (b'{"result":[]}', b'{"result":[],"cursor":null}', b'{"result":[],"cursor":""}'):
        page = msgspec.json.decode(body, type=wire.Page)
        assert calls.following(page, call) is None


@given(st.text(min_size=1), st.lists(st.text(), max_size=3))
def test_a_cursor_goes_back_as_it_came_beside_what_was_asked(cursor: str, names: list[str]) -> None:
    first = calls.list_stages(names, 7)
    second = calls.following(wire.Page([], cursor), first)
    assert second is not None
    assert second.body == {**first.body, "cursor": cursor}
    assert calls.following(wire.Page([], cursor), second) == second
    assert "cursor" not in first.body
