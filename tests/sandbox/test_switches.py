import pytest

from gateway.sandbox.switches import SwitchError, Switches


@pytest.fixture
def switches() -> Switches:
    return Switches("acme", {"ids": ("number", "text"), "size": ("any", "small")}, "6/1")


def test_a_switch_starts_in_its_first_position(switches: Switches) -> None:
    assert switches.shown() == {"acme.ids": "number", "acme.size": "any", "acme.limit": "6/1"}
    assert switches["ids"] == "number"


def test_one_is_turned_and_the_others_stay(switches: Switches) -> None:
    switches.turn("acme.ids", "text")
    assert switches.shown() == {"acme.ids": "text", "acme.size": "any", "acme.limit": "6/1"}
    switches.reset()
    assert switches["ids"] == "number"


@pytest.mark.parametrize("limit", ["none", "1/1", "10000/3600", "999999999/999999999"])
def test_a_limit_is_calls_and_seconds_or_none(switches: Switches, limit: str) -> None:
    switches.turn("acme.limit", limit)
    assert switches["limit"] == limit


@pytest.mark.parametrize(
    "limit", ["", "6", "6/", "0/1", "6/0", "-6/1", "6/1\n", "6.5/1", "٦/1", "1/9999999999", 6, None]
)
def test_another_limit_is_refused(switches: Switches, limit: object) -> None:
    with pytest.raises(SwitchError, match=r"acme\.limit takes calls/seconds, such as 6/1, or none"):
        switches.turn("acme.limit", limit)
    assert switches["limit"] == "6/1"


@pytest.mark.parametrize("position", ["", "Text", 1, None, ["text"], {}])
def test_a_position_that_there_is_not_is_refused(switches: Switches, position: object) -> None:
    with pytest.raises(SwitchError, match=r"acme\.ids takes number, text"):
        switches.turn("acme.ids", position)
    assert switches["ids"] == "number"


@pytest.mark.parametrize("name", ["acme.idz", "other.ids", "", "acme.", "acme.acme.ids"])
def test_a_switch_that_there_is_not_is_refused(switches: Switches, name: str) -> None:
    with pytest.raises(SwitchError, match=r"is no switch; there are acme\.ids, acme\.size, acme\."):
        switches.turn(name, "number")


def test_to_judge_is_not_to_turn(switches: Switches) -> None:
    assert switches.judge("acme.ids", "text") == "ids"
    assert switches["ids"] == "number"
