"""Only what is a whole request beyond doubt is refused without a parser of HTTP."""

import pytest

from gateway.http.whole import is_plain

BODY = b'{"query": "{ __typename }"}'


def request(*lines: str, body: bytes = BODY, length: str | None = None, first: str = "") -> bytes:
    told = [] if length == "" else [f"Content-Length: {length or len(body)}"]
    head = "\r\n".join([first or "POST /graphql HTTP/1.1", *lines, *told, "", ""])
    return head.encode("latin-1") + body


@pytest.mark.parametrize("data", [
    request(),
    request("Host: 127.0.0.1", "Content-Type: application/json", "Accept: */*"),
    request("Connection: keep-alive", "Authorization: Bearer abc", "X-API-Key:key", "X-Empty:"),
    request("connection: keep-alive", "user-agent: \xfcber", "content-length: 27", length=""),
    request(body=b""),
    request(body=b"a\r\nContent-Length: 7\r\n\r\n"),
    request(body=b"x" * 60_000),
])  # fmt: skip
def test_plain(data: bytes) -> None:
    assert is_plain(data)
    for part in (data[:-1], data + b"x", data + data, data[:20], data[1:]):
        assert not is_plain(part)


@pytest.mark.parametrize("data", [
    b"", b"POST /graphql HTTP/1.1\r\n\r\n", b"POST /graphql HTTP/1.1\r\nContent-Length: 0\r\n",
    request(first="POST /graphql HTTP/1.0"), request(first="GET /graphql HTTP/1.1"),
    request(first="POST /graphql?a=b HTTP/1.1"), request(first="POST /readyz HTTP/1.1"),
    request("Transfer-Encoding: chunked"), request("TRANSFER-ENCODING: identity"),
    request("Connection: close"), request("Connection: keep-alive, close"),
    request("Connection: Upgrade"), request("connection:close"), request("Upgrade: websocket"),
    request("Expect: 100-continue"), request("Origin: https://app.example"),
    request(length=""), request("Content-Length: 27"), request("content-length: 3"),
    request(length="+27"), request(length="-1"), request(length="27, 27"), request(length="0x1b"),
    request(length="2 7"), request("Content-Length:27", length=""), request(length="9" * 4400),
    request("Content-Length : 3"), request("Transfer-Encoding : chunked"), request(" folded: x"),
    request("A: b\rTransfer-Encoding: chunked"), request("A: b\nTransfer-Encoding: chunked"),
    request("A: \0"), request("A"), request(": b"), request("A\xfc: b"), request("", "A: b"),
    request(body=b"x" * 70_000),
])  # fmt: skip
def test_what_is_not_is_for_the_parser(data: bytes) -> None:
    assert not is_plain(data)
