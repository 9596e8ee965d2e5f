import pytest

from gateway.settings import SettingError, judge
from gateway.sources.storyblok import Settings

TABLE = "sources.storyblok"


def settings(**table: object) -> Settings:
    return judge(Settings, TABLE, table)


@pytest.mark.parametrize(
    ("region", "address"),
    [
        ("eu", "https://mapi.storyblok.com"),
        ("us", "https://api-us.storyblok.com"),
        ("ca", "https://api-ca.storyblok.com"),
        ("ap", "https://api-ap.storyblok.com"),
        ("cn", "https://app.storyblokchina.cn"),
    ],
)
def test_region_decides_the_address(region: str, address: str) -> None:
    assert settings(region=region).base_url == address
    assert settings().base_url == "https://mapi.storyblok.com"


def test_base_url_wins_over_the_region() -> None:
    assert settings(region="us", base_url="http://127.0.0.1:1/x").base_url == "http://127.0.0.1:1/x"


def test_either_token_connects() -> None:
    assert not settings().is_connected
    assert settings(token="a").is_connected
    assert settings(oauth_token="a").is_connected


def test_two_tokens_are_refused_by_name_and_not_shown() -> None:
    with pytest.raises(SettingError) as refused:
        settings(token="hush", oauth_token="whisper")
    said = str(refused.value)
    assert "STAGEGRAPH_STORYBLOK_TOKEN" in said
    assert "STAGEGRAPH_STORYBLOK_OAUTH_TOKEN" in said
    assert "hush" not in said
    assert "whisper" not in said


def test_spaces_are_split_and_each_counts_once() -> None:
    assert settings().space_ids is None
    assert settings(spaces="1001").space_ids == ("1001",)
    assert settings(spaces=" 1001 , 1002,1001").space_ids == ("1001", "1002")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spaces", "1001,"),
        ("spaces", "0"),
        ("spaces", "1001;1002"),
        ("spaces", "1001/../x"),
        ("spaces", "\u0661\u0662"),
        ("region", "mars"),
        ("page_size", "101"),
        ("base_url", "mapi.storyblok.com"),
    ],
)
def test_bad_values_are_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"STAGEGRAPH_STORYBLOK_{name.upper()}"):
        settings(**{name: value})
