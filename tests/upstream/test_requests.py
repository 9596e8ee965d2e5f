"""What is sent of a call: its address, its headers, its body."""

import posixpath
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.upstream.call import Call
from gateway.upstream.client.requests import NoSuchPathError, Request, Requests

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
BEARER = {"Authorization": "Bearer a"}


def made(
    base: str = "http://vendor/base", headers: dict[str, str] | None = None, **of: Any
) -> Request:
    call = Call(**{"method": "GET", "route": "/things", "answer": object, **of})
    return Requests(base, headers or {}).of(call, BEARER)


def leaves(text: str) -> bool:
    """Whether a text leads out of its segment, for whoever decodes it a few times."""
    found = [text]
    for _ in range(3):
        found.append(unquote(found[-1]))
    parts = {part for one in found for part in re.split(r"[/\\]", one)}
    return not text or bool(parts & {".", ".."})


@given(
    id=TEXT.filter(lambda text: not leaves(text)),
    pairs=st.lists(st.tuples(TEXT, TEXT)),
)
def test_any_text_arrives_as_it_is(id: str, pairs: list[tuple[str, str]]) -> None:  # noqa: A002
    request = made(route="/things/{id}/parts", params={"id": id}, query=pairs)
    target: str = request.extensions["target"].decode("ascii")
    path, asked, query = target.partition("?")
    assert [unquote(one) for one in path.split("/")] == ["", "base", "things", id, "parts"]
    assert bool(asked) is bool(pairs)
    assert parse_qsl(query, keep_blank_values=True) == pairs
    assert request.url.raw_path == request.extensions["target"]
    assert (request.url.scheme, request.url.host) == ("http", "vendor")


BAD = [
    "", ".", "..", "../admin", "a/../../admin", "a/..", "./a", "..\\admin", "a\\..\\..", "%2e%2e",
    "%2E.", "..%2fadmin", "%2e%2e%2f%2e%2e%2fadmin", "%252e%252e", "..%5cadmin", "%25252e%25252e/a",
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_a_parameter_does_not_leave_its_segment(bad: str) -> None:
    assert leaves(bad)
    with pytest.raises(NoSuchPathError):
        made(route="/things/{id}/parts", params={"id": bad})


STEPS = st.lists(
    st.sampled_from(["..", ".", "/", "\\", "%2e", "%2E", "%2f", "%5c", "%25", "?", "#", "a", "\r\n",
                     "//evil.example", "@", ":80", "\0", "\u2024", "\uff0e", "\u2215"]),
    max_size=8,
).map("".join)  # fmt: skip


@given(one=STEPS, other=STEPS)
def test_whatever_a_parameter_holds_the_request_stays_below_its_base(one: str, other: str) -> None:
    try:
        request = made(route="/things/{one}/parts/{other}", params={"one": one, "other": other})
    except NoSuchPathError:
        assert leaves(one) or leaves(other)
        return
    assert (request.url.scheme, request.url.netloc) == ("http", b"vendor")
    path = request.extensions["target"].decode("ascii")
    assert path.count("/") == 5
    assert not set(path) & set("?#\\@ \r\n\0")
    for _ in range(3):
        assert posixpath.normpath(path.replace("\\", "/")).startswith("/base/things/")
        path = unquote(path)


@pytest.mark.parametrize(
    ("base", "host", "target"),
    [
        ("http://vendor", b"vendor", b"/things"),
        ("http://vendor/", b"vendor", b"/things"),
        ("https://vendor:8443/a/b/", b"vendor:8443", b"/a/b/things"),
        ("https://vendor:443/a%20b", b"vendor", b"/a%20b/things"),
        ("http://[::1]:80", b"[::1]", b"/things"),
        ("http://someone:secret@vendor", b"vendor", b"/things"),
        ("http://b\xfccher", b"xn--bcher-kva", b"/things"),
    ],
)
def test_an_address_is_a_host_and_what_paths_are_below(
    base: str, host: bytes, target: bytes
) -> None:
    request = made(base)
    assert request.headers.raw[0] == (b"Host", host)
    assert request.extensions["target"] == target


@pytest.mark.parametrize("base", ["http://vendor/base", "http://vendor/base/", "http://vendor"])
@pytest.mark.parametrize("route", ["less/things", "@other/things", "", ":8080/things"])
def test_a_route_does_not_leave_the_base(base: str, route: str) -> None:
    with pytest.raises(NoSuchPathError):
        made(base, route=route)


def test_an_address_that_is_none_is_told_each_time() -> None:
    requests = Requests("http://[::1", {})
    for _ in range(2):
        with pytest.raises(httpx.InvalidURL):
            requests.of(Call(method="GET", route="/", answer=object), {})


def test_a_request_without_a_body_tells_none() -> None:
    request = made()
    assert dict(request.headers) == {
        "host": "vendor",
        "accept": "application/json",
        "accept-encoding": "gzip",
        "user-agent": "stagegraph",
        "authorization": "Bearer a",
    }
    assert made(method="DELETE").headers == request.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_that_is_missing_is_told_to_be(method: str) -> None:
    request = made(method=method)
    assert request.headers["Content-Length"] == "0"
    assert "Content-Type" not in request.headers


def test_a_body_is_json_and_its_length_is_told() -> None:
    request = made(method="POST", body={"name": "\xfc"})
    assert request.read() == b'{"name":"\xc3\xbc"}'
    assert request.headers["Content-Length"] == str(len(request.content))
    assert request.headers["Content-Type"] == "application/json"


def test_a_source_s_own_headers_stand_in_place_of_ours_and_the_credential_of_both() -> None:
    own = {"accept": "text/json", "Content-Type": "text/json", "authorization": "none"}
    request = made(headers=own, method="POST", body=1)
    for name, value in (*own.items(), ("authorization", "Bearer a")):
        found = request.headers.get_list(name)
        assert found == ([value] if value != "none" else ["Bearer a"])


def test_no_request_has_what_is_another_s() -> None:
    requests = Requests("http://vendor", {})
    calls = [
        Call(method="POST", route="/", answer=object, body=[1, 2]),
        Call(method="GET", route="/", answer=object),
    ]
    first, bare = (requests.of(call, BEARER) for call in calls)
    assert "Content-Length" not in bare.headers
    renewed = requests.of(calls[1], {"Authorization": "Bearer b"})
    found = [one.headers["Authorization"] for one in (first, bare, renewed)]
    assert found == ["Bearer a", "Bearer a", "Bearer b"]
    bare.headers["X-Own"] = "1"
    assert "X-Own" not in requests.of(calls[1], BEARER).headers


def test_extensions_are_handed_on() -> None:
    call = Call(method="GET", route="/", answer=object)
    request = Requests("http://vendor", {}).of(call, {}, trace=msgspec.UNSET)
    assert request.extensions == {"target": b"/", "trace": msgspec.UNSET}
