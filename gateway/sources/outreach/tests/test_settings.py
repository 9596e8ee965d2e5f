"""The source's own settings."""

import pytest

from gateway.settings import SettingError, judge
from gateway.sources.outreach import Settings

TABLE = "sources.outreach"


def test_a_token_connects_and_is_not_shown() -> None:
    assert not judge(Settings, TABLE, {}).is_connected
    settings = judge(Settings, TABLE, {"token": " s3cret "})
    assert settings.is_connected
    assert settings.token is not None
    assert settings.token.reveal() == "s3cret"
    assert "s3cret" not in repr(settings)


def test_what_is_left_out_is_the_vendor_s() -> None:
    settings = judge(Settings, TABLE, {"token": "t"})
    assert settings.base_url == "https://api.outreach.io/api/v2"
    assert (settings.page_size, settings.concurrency, settings.deadline) == (1000, 8, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page_size", "0"),
        ("page_size", "1001"),
        ("token", ""),
        ("base_url", "api.outreach.io"),
        ("token_url", "api.outreach.io/oauth/token"),
        ("token_url", "https://api.outreach.io"),
        ("token_url", "https://a/{x}"),
        ("token_url", "https://a:99999/token"),
        ("redirect_uri", "a b"),
        ("token_file", ""),
    ],
)
def test_a_bad_setting_is_told_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"STAGEGRAPH_OUTREACH_{name.upper()}"):
        judge(Settings, TABLE, {"token": "t", name: value})


FLOW = {"client_id": "cl1ent", "client_secret": "s3cret", "refresh_token": "r3fresh"}


def test_an_application_with_a_refresh_token_connects_and_is_not_shown() -> None:
    settings = judge(Settings, TABLE, FLOW)
    assert settings.is_connected
    assert not [text for text in FLOW.values() if text in repr(settings)]
    assert settings.token_url == "https://api.outreach.io/oauth/token"


@pytest.mark.parametrize("missing", FLOW)
def test_a_part_of_the_flow_is_refused_and_what_is_missing_told(missing: str) -> None:
    part = {name: text for name, text in FLOW.items() if name != missing}
    with pytest.raises(SettingError, match=f"without STAGEGRAPH_OUTREACH_{missing.upper()}") as one:
        judge(Settings, TABLE, part)
    assert not [text for text in FLOW.values() if text in str(one.value)]


def test_two_credentials_are_refused() -> None:
    with pytest.raises(SettingError, match=r"OUTREACH_TOKEN and STAGEGRAPH_OUTREACH_CLIENT_ID"):
        judge(Settings, TABLE, {"token": "t", **FLOW})
    with pytest.raises(SettingError, match=r"OUTREACH_TOKEN and STAGEGRAPH_OUTREACH_REFRESH_TOKEN"):
        judge(Settings, TABLE, {"token": "t", "refresh_token": "r"})


@pytest.mark.parametrize(
    ("base_url", "token_url"),
    [
        ("http://127.0.0.1:8001/outreach/api/v2", "http://127.0.0.1:8001/outreach/oauth/token"),
        ("http://proxy.example/api/v2/", "http://proxy.example/oauth/token"),
        ("http://proxy.example/outreach", "http://proxy.example/outreach/oauth/token"),
    ],
)
def test_the_token_url_is_beside_the_base_url_unless_it_is_set(
    base_url: str, token_url: str
) -> None:
    assert judge(Settings, TABLE, {"base_url": base_url}).token_url == token_url
    other = "https://id.example/token"
    assert judge(Settings, TABLE, {"base_url": base_url, "token_url": other}).token_url == other


def test_what_tells_answers_apart() -> None:
    base = "https://api.outreach.io/api/v2"
    assert judge(Settings, TABLE, {"token": "t"}).identity == [base, "t"]
    assert judge(Settings, TABLE, FLOW).identity == [base, *FLOW.values()]
    kept = {**FLOW, "token_file": "/x", "redirect_uri": "https://a.example"}
    assert judge(Settings, TABLE, kept).identity == [base, *FLOW.values()]
