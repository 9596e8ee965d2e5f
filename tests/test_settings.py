"""Settings are read once, and a bad one is named."""

import base64
from pathlib import Path
from typing import Any

import pytest

from gateway import settings
from gateway.app import connect, read_settings, sandboxed, settings_kinds
from gateway.settings import Secret, SettingError, Settings
from schema.types.source import Source


def read(**environment: str) -> Settings:
    return read_settings({f"STAGEGRAPH_{name}": value for name, value in environment.items()})


def test_nothing_set_is_the_defaults() -> None:
    server = read().server
    assert (server.host, server.port, server.deadline) == ("127.0.0.1", 8000, 5.0)
    assert connect(read()) == []


def test_other_variables_and_empty_ones_are_ignored() -> None:
    assert read_settings({"PATH": "x", "STAGEGRAPH_PORT": ""}).server.port == 8000


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "stagegraph.toml"
    file.write_text(
        '[server]\nport = 9000\nhost = "::1"\n[sources.outreach]\ntoken = "a"\npage_size = 10\n'
    )
    got = read(CONFIG=str(file), PORT="9001", OUTREACH_TOKEN="b")
    assert (got.server.port, got.server.host) == (9001, "::1")
    outreach = got.sources[Source.OUTREACH]
    assert (outreach.token.reveal(), outreach.page_size) == ("b", 10)
    assert "token='b'" not in repr(got)


@pytest.mark.parametrize(("name", "value", "words"), [
    ("PORT", "many", "a port to listen on, 0 to 65535"),
    ("PORT", "65536", "a port to listen on"),
    ("DEADLINE", "0", "seconds for a source's whole answer"),
    ("DEADLINE", "nan", "seconds for a source's whole answer"),
    ("MAX_PAGES", "-1", "pages of one vendor's list"),
    ("CURSOR_KEY", "c2hvcnQ=", "32 bytes or more in base64"),
    ("CURSOR_KEY", "é", "32 bytes or more in base64"),
    ("CURSOR_KEY", "not base64!", "32 bytes or more in base64"),
    ("LOG", "loud", "debug, info, warning or error"),
    ("CACHE_URL", "redis", "memory://, or redis://host:port/db"),
    ("CACHE_URL", "redis://", "memory://, or redis://host:port/db"),
    ("CACHE_URL", "memory://x", "memory://, or redis://host:port/db"),
    ("CACHE_URL", "redis://a:65536/0", "memory://, or redis://host:port/db"),
    ("CACHE_URL", "redis://a:0", "memory://, or redis://host:port/db"),
    ("CACHE_URL", "redis://user:s3cr3t@a:1/0", "memory://, or redis://host:port/db"),
    ("CACHE_URL", "redis://a:1/x", "memory://, or redis://host:port/db"),
    ("CACHE_BYTES", "-1", "bytes of kept answers"),
    ("CACHE_ENTRIES", "many", "kept answers"),
])  # fmt: skip
def test_a_bad_setting_is_named_with_what_it_takes(name: str, value: str, words: str) -> None:
    with pytest.raises(SettingError) as caught:
        read(**{name: value})
    message = str(caught.value)
    assert message.startswith(f"STAGEGRAPH_{name} ")
    assert words in message
    assert "\n" not in message
    assert "s3cr3t" not in message


def test_the_cache_is_told_of_in_a_table_of_its_own(tmp_path: Path) -> None:
    server = read().server
    assert (server.cache_url, server.cache_bytes, server.cache_entries) == (
        "memory://", 256_000_000, 100_000,
    )  # fmt: skip
    file = tmp_path / "stagegraph.toml"
    file.write_text('[server]\nport = 1\n[cache]\nurl = "redis://a"\nbytes = 5\nentries = 7\n')
    server = read(CONFIG=str(file), CACHE_ENTRIES="9", CACHE_URL="redis://a.b-c_d:65535/15").server
    assert (server.port, server.cache_url) == (1, "redis://a.b-c_d:65535/15")
    assert (server.cache_bytes, server.cache_entries) == (5, 9)
    file.write_text("[cache]\nentries = -1\n")
    with pytest.raises(
        SettingError, match=r"^STAGEGRAPH_CACHE_ENTRIES \(\[cache\] entries\) takes"
    ):
        read(CONFIG=str(file))
    file.write_text("[cache]\nsize = 1\n")
    with pytest.raises(SettingError, match=r"^STAGEGRAPH_CACHE_SIZE \(\[cache\] size\) is no set"):
        read(CONFIG=str(file))


@pytest.mark.parametrize("name", ["PROT", "DEVREV", "DEVREV_TOKN", "SALESFORCE_TOKEN", "ESPER_"])
def test_an_unknown_setting_is_refused_by_name(name: str) -> None:
    with pytest.raises(SettingError, match=f"STAGEGRAPH_{name} .*is no setting; known: "):
        connect(read(**{name: "x"}))


@pytest.mark.parametrize(("text", "words"), [
    ("[server\n", "TOML"), ("[cache]\nurl = 1\n", r"\[cache\]"),
    ("cache = 1\n", r"\[cache\]"), ("[caches]\nurl = 1\n", r"\[caches\]"),
    ("[sources.salesforce]\ntoken = 1\n", r"\[sources.salesforce\]"),
    ("port = 1\n", r"\[port\]"), ("server = 1\n", r"\[server\]"),
    ("sources = 1\n", r"\[sources\]"), ("[sources]\ndevrev = 1\n", r"\[sources.devrev\]"),
])  # fmt: skip
def test_a_bad_file_is_refused(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "stagegraph.toml"
    file.write_text(text)
    with pytest.raises(SettingError, match=words):
        read(CONFIG=str(file))
    with pytest.raises(SettingError, match="STAGEGRAPH_CONFIG"):
        read(CONFIG=str(tmp_path / "absent.toml"))


def test_two_cursor_keys_may_be_given() -> None:
    keys = [bytes([n]) * 32 for n in (1, 2)]
    text = ", ".join(base64.b64encode(key).decode() for key in keys)
    assert read(CURSOR_KEY=text).cursor_keys() == keys


SECRETS = {
    source: dict.fromkeys(kind.credentials[0], "s3cr3t")
    for source, kind in settings_kinds().items()
}


@pytest.mark.parametrize("source", Source, ids=lambda one: one.value)
def test_a_credential_connects_a_source(source: Source) -> None:
    given = {f"{source.name}_{name.upper()}": text for name, text in SECRETS[source].items()}
    [adapter] = connect(read(**given))
    assert adapter.id is source


@pytest.mark.parametrize("source", Source, ids=lambda one: one.value)
@pytest.mark.parametrize(("name", "value"), [
    ("deadline", "-1"), ("concurrency", "0"), ("page_size", "x"), ("base_url", "ftp://x"),
    ("base_url", "api.example"),
        ("base_url", "http://127.0.0.1:99999999"),
        ("base_url", "http://[::1"),
        ("base_url", "http://a b"), ("unheard", "x"),
])  # fmt: skip
def test_a_source_judges_its_own_settings(source: Source, name: str, value: str) -> None:
    given = {f"{source.name}_{key.upper()}": text for key, text in SECRETS[source].items()}
    with pytest.raises(SettingError, match=f"^STAGEGRAPH_{source.name}_{name.upper()} ") as caught:
        connect(read(**given, **{f"{source.name}_{name.upper()}": value}))
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("source", Source, ids=lambda one: one.value)
@pytest.mark.parametrize(
    "address",
    [
        "https://me:s3cr3t@api.example/x",
        "https://s3cr3t@api.example",
        "http://@127.0.0.1:1",
        "http://me:s3cr3t@[::1",
    ],
)
def test_an_address_has_no_name_and_no_password_in_it(source: Source, address: str) -> None:
    given = {f"{source.name}_{key.upper()}": text for key, text in SECRETS[source].items()}
    with pytest.raises(SettingError) as caught:
        connect(read(**given, **{f"{source.name}_BASE_URL": address}))
    message = str(caught.value)
    assert message.startswith(f"STAGEGRAPH_{source.name}_BASE_URL ")
    assert "without a name or a password" in message
    assert "s3cr" not in message


def test_the_address_of_the_token_has_no_password_either() -> None:
    with pytest.raises(SettingError, match=r"^STAGEGRAPH_OUTREACH_TOKEN_URL ") as caught:
        read(OUTREACH_TOKEN="x", OUTREACH_TOKEN_URL="https://me:s3cr3t@api.example/oauth/token")
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "is_told"),
    [
        ("http://vendor.example", True),
        ("http://10.0.0.7:8001/devrev", True),
        ("http://[2001:db8::1]", True),
        ("http://127.0.0.1.example", True),
        ("https://vendor.example", False),
        ("http://127.0.0.1:8001/devrev", False),
        ("http://127.9.9.9", False),
        ("http://localhost:1", False),
        ("http://[::1]:1", False),
    ],
)
def test_an_address_in_the_clear_is_told(address: str, *, is_told: bool) -> None:
    told = settings.in_the_clear(read(DEVREV_TOKEN="s3cr3t", DEVREV_BASE_URL=address))
    assert len(told) == is_told
    assert all("STAGEGRAPH_DEVREV_BASE_URL" in one and "s3cr3t" not in one for one in told)
    assert settings.in_the_clear(read(DEVREV_BASE_URL=address)) == []


def test_a_secret_does_not_show_itself() -> None:
    judged: Any = settings.judge(
        settings_kinds()[Source.OUTREACH], "sources.outreach", {"token": "s3cr3t"}
    )
    assert "s3cr3t" not in repr(judged) + str(judged.token) + f"{judged.token!r}"
    assert judged.token.reveal() == "s3cr3t"
    for bad in ("", " ", "a\nb", "ключ", ["a"], {"a": "s"}, 7):
        with pytest.raises(SettingError, match="STAGEGRAPH_OUTREACH_TOKEN"):
            settings.judge(settings_kinds()[Source.OUTREACH], "sources.outreach", {"token": bad})
    assert repr(Secret("x")) == "Secret(...)"


def test_sandboxes_take_what_all_sources_have_and_no_more() -> None:
    given = {
        "STORYBLOK_OAUTH_TOKEN": "s3cr3t",
        "STORYBLOK_DEADLINE": "7",
        "ESPER_AUTH_PREFIX": "Token",
        "ESPER_API_KEY": "s3cr3t",
        "ESPER_TENANT": "acme",
    }
    over = sandboxed(read(**given), "http://127.0.0.1:8001")
    storyblok, esper = over.sources[Source.STORYBLOK], over.sources[Source.ESPER]
    assert (storyblok.oauth_token, storyblok.deadline) == (None, 7)
    assert esper.auth_prefix == "Bearer"
    assert esper.base_url.startswith("http://127.0.0.1:8001/esper")
    assert len(connect(over)) == len(Source)
