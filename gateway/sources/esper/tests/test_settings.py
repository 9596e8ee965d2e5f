"""Which settings connect Esper."""

from typing import Any

import pytest

from gateway.settings import SettingError, judge
from gateway.sources.esper.settings import Settings


def judged(**table: Any) -> Settings:
    return judge(Settings, "sources.esper", table)


@pytest.mark.parametrize("tenant", ["acme", "a", "7eleven", "acme-eu-2", "Acme", "a" * 59])
def test_the_tenant_makes_the_address(tenant: str) -> None:
    settings = judged(tenant=tenant, api_key="k")
    assert settings.base_url == f"https://{tenant}-api.esper.cloud/api/pipelines/v0"
    assert settings.is_connected


def test_an_address_wins_over_the_tenant() -> None:
    address = "http://127.0.0.1:8001/esper/api/pipelines/v0"
    assert judged(tenant="acme", base_url=address, api_key="k").base_url == address
    assert judged(base_url=address, api_key="k").is_connected


@pytest.mark.parametrize("table", [{}, {"tenant": "acme"}, {"base_url": "http://127.0.0.1:1"}])
def test_without_a_key_nothing_is_connected(table: dict[str, str]) -> None:
    assert not judged(**table).is_connected


def test_a_key_that_leads_nowhere_is_a_setting_error() -> None:
    with pytest.raises(SettingError, match="STAGEGRAPH_ESPER_TENANT") as caught:
        judged(api_key="very-secret")
    assert "STAGEGRAPH_ESPER_API_KEY" in str(caught.value)
    assert "very-secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "tenant",
    ["acme.example", "acme/", "acme@evil", "-acme", "acme-", "a_b", "a b", "acme\n", "é", "a" * 60],
)
def test_a_tenant_is_one_label(tenant: str) -> None:
    with pytest.raises(SettingError, match=r"STAGEGRAPH_ESPER_TENANT .* takes the tenant's name"):
        judged(tenant=tenant, api_key="k")


@pytest.mark.parametrize("prefix", ["Bearer ", "Bearer\r\nX-Evil: 1", "5", "", "Bearer:"])
def test_a_prefix_is_one_word(prefix: str) -> None:
    with pytest.raises(SettingError, match="STAGEGRAPH_ESPER_AUTH_PREFIX"):
        judged(tenant="acme", api_key="k", auth_prefix=prefix)


def test_an_unknown_setting_is_refused_by_name() -> None:
    with pytest.raises(SettingError, match="STAGEGRAPH_ESPER_TOKEN"):
        judged(token="k")
