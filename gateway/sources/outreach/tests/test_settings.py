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
    [("page_size", "0"), ("page_size", "1001"), ("token", ""), ("base_url", "api.outreach.io")],
)
def test_a_bad_setting_is_told_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"STAGEGRAPH_OUTREACH_{name.upper()}"):
        judge(Settings, TABLE, {"token": "t", name: value})


def test_settings_of_a_later_release_are_refused() -> None:
    with pytest.raises(SettingError, match="REFRESH_TOKEN"):
        judge(Settings, TABLE, {"token": "t", "refresh_token": "r"})
