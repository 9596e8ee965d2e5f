"""What the settings take, and what they make every call carry."""

from typing import Any

import pytest

from gateway.settings import SettingError, judge
from gateway.sources.devrev.settings import Settings


def judged(**table: Any) -> Settings:
    return judge(Settings, "sources.devrev", table)


def test_a_token_connects() -> None:
    assert not judged().is_connected
    assert judged(token="secret").is_connected
    assert judged().base_url == "https://api.devrev.ai"


def test_nothing_goes_out_beside_the_token_by_itself() -> None:
    assert judged(token="secret").headers == {}
    assert "secret" not in repr(judged(token="secret"))


@pytest.mark.parametrize("beta", ["on", True])
def test_beta_asks_for_the_scope(beta: object) -> None:
    assert judged(token="secret", beta=beta).headers["X-DevRev-Scope"] == "beta"


@pytest.mark.parametrize("beta", ["off", False])
def test_without_beta_no_scope_is_asked_for(beta: object) -> None:
    assert judged(token="secret", beta=beta).headers == {}


def test_a_version_is_pinned() -> None:
    headers = judged(token="secret", version="2024-01-24").headers
    assert headers["X-Devrev-Version"] == "2024-01-24"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("beta", "maybe"),
        ("beta", 7),
        ("version", "latest"),
        ("version", "2024-01-24\r\nX-Evil: 1"),
        ("version", "2024-01-24\n"),
        ("token", "two\nlines"),
        ("base_url", "api.devrev.ai"),
        ("page_size", 0),
        ("tokn", "x"),
    ],
)
def test_bad_settings_are_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingError, match=f"STAGEGRAPH_DEVREV_{name.upper()}"):
        judged(**{name: value})


def test_answers_to_another_question_are_told_apart() -> None:
    asked = [{}, {"token": "other"}, {"base_url": "http://127.0.0.1"}, {"beta": "on"},
             {"version": "2024-01-24"}]  # fmt: skip
    assert len({tuple(judged(**{"token": "t", **more}).identity) for more in asked}) == len(asked)
    assert judged(token="t", beta=True).identity == judged(token="t", beta="on").identity
