"""What a client takes and sends, by its headers."""

import pytest

from gateway.http.taken import JSON, RESPONSE_JSON, accepted, sent, takes_gzip

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(("accept", "media_type"), [
    ("*/*", JSON), ("application/*", JSON), (JSON, JSON), (RESPONSE_JSON, RESPONSE_JSON),
    ("APPLICATION/JSON", JSON), ("application/graphql-response+json;charset=UTF-8", RESPONSE_JSON),
    # What is liked better wins, wherever it stands.
    (f"{RESPONSE_JSON};q=0.5, {JSON}", JSON), (f"{JSON};q=0.5, {RESPONSE_JSON}", RESPONSE_JSON),
    (f"{JSON};q=0.9,{RESPONSE_JSON};q=0.901", RESPONSE_JSON),
    (f"{JSON} ; Q=0.1 , */*", RESPONSE_JSON),
    # Liked alike, the newer one wins if it is named.
    (f"{JSON}, {RESPONSE_JSON}", RESPONSE_JSON), (f"{RESPONSE_JSON}, {JSON}", RESPONSE_JSON),
    (f"{RESPONSE_JSON}, */*", RESPONSE_JSON), (f"{JSON}, */*", JSON),
    # None of it excludes, and a closer range goes before a wider one.
    (f"{JSON};q=0, */*", RESPONSE_JSON), (f"{RESPONSE_JSON};q=0, */*;q=0.1", JSON),
    (f"{JSON};q=0", None), ("*/*;q=0", None), ("application/*;q=0, */*", None),
    (f"{JSON};q=0.000, {RESPONSE_JSON};q=0", None),
    ("text/html", None), ("text/*", None), ("image/png, text/plain;q=0.3", None),
    (f"{JSON};charset=utf-16", None), (f'{JSON};charset="utf-8"', JSON),
    # Commas and semicolons in quotes part nothing.
    (f'text/plain;x="a,{JSON};q=1"', None), (f'{RESPONSE_JSON};x=";q=0"', RESPONSE_JSON),
    ("multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9",
     RESPONSE_JSON),
    (f"{JSON};q=nonsense", JSON), (f"{JSON};q=7", JSON), ("", None), (",,;,", None), ("\xff", None),
    (BROWSER, JSON), (f"{'text/x' * 100}, {RESPONSE_JSON}", RESPONSE_JSON),
])  # fmt: skip
def test_the_media_type_of_an_answer(accept: str, media_type: str | None) -> None:
    assert accepted(accept.encode("latin-1")).media_type == media_type


@pytest.mark.parametrize(("accept", "wants_page"), [
    (BROWSER, True), ("text/html", True), ("text/html, */*", True), ("*/*", False),
    ("text/*", False),
    ("text/html;q=0", False), (f"text/html;q=0.5, {JSON}", False), (f"text/html, {JSON}", True),
])  # fmt: skip
def test_who_wants_a_page(accept: str, wants_page: bool) -> None:
    assert accepted(accept.encode()).wants_page is wants_page


@pytest.mark.parametrize(("value", "takes"), [
    ("gzip", True), ("gzip, deflate, br, zstd", True), ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
    ("GZIP", True), ("x-gzip", True), ("*", True), ("gzip;q=0.001", True), ("identity, gzip", True),
    ("", False), ("br", False), ("identity", False), ("gzip;q=0", False),
    ("gzip;q=0.000, *", False),
    ("*;q=0", False), ("identity;q=1, gzip;q=0.5", False), ("identity;q=0, gzip;q=0.5", True),
    ("identity, *;q=0.5", False),
])  # fmt: skip
def test_who_takes_gzip(value: str, takes: bool) -> None:
    assert takes_gzip(value.encode()) is takes


@pytest.mark.parametrize(("value", "media_type", "is_utf_8"), [
    ("application/json", JSON, True), ("Application/JSON ; Charset=UTF-8", JSON, True),
    ('application/json;charset="utf-8"', JSON, True),
    ("application/json;charset=latin1", JSON, False),
    ("application/json;charset=", JSON, False), ("application/json;v=2", JSON, True),
    ("", "", True),
    ("application/json, text/plain", "application/json, text/plain", True),
])  # fmt: skip
def test_what_a_body_is_said_to_be(value: str, media_type: str, is_utf_8: bool) -> None:
    assert sent(value.encode()) == (media_type, is_utf_8)
