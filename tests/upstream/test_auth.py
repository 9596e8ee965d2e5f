"""Credentials are taken when a call is sent, and renewed once where a source refuses them."""

from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
import pytest

from gateway import errors
from gateway.app import utc_now
from gateway.upstream.auth import Auth, Fixed
from gateway.upstream.call import Call
from gateway.upstream.client import Client
from gateway.upstream.trace import Trace
from schema.types.source import Source
from schema.types.sources import SourceStatus
from tests.fixtures import Wire


class Thing(msgspec.Struct):
    name: str


READ = Call(method="GET", route="/things", answer=Thing)
WRITE = Call(method="POST", route="/things", answer=Thing, body={"name": "a"})


class Counting:
    """A credential whose number goes up with each renewal."""

    def __init__(self, failure: errors.UpstreamFailure | None = None) -> None:
        self.number = 0
        self.failure = failure
        self.is_closed = False

    async def headers(self, trace: Trace) -> Mapping[str, str]:
        if self.failure:
            raise self.failure
        return {"Authorization": f"Bearer {self.number}"}

    def forget(self, refused: Mapping[str, str]) -> bool:
        assert refused == {"Authorization": f"Bearer {self.number}"}
        self.number += 1
        return True

    async def close(self) -> None:
        self.is_closed = True


class Vendor:
    """Refuses credentials up to a number."""

    def __init__(self, refuses: int) -> None:
        self.refuses = refuses
        self.asked: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, request.headers["Authorization"]))
        assert request.headers["X-Plain"] == "yes"
        number = int(request.headers["Authorization"].removeprefix("Bearer "))
        return httpx.Response(401 if number < self.refuses else 200, json={"name": "a"})


def client(auth: Auth, answering: Any) -> Client:
    return Client(
        Source.OUTREACH,
        "http://127.0.0.1",
        auth,
        headers={"X-Plain": "yes"},
        concurrency=1,
        limit="none",
        deadline=5,
        now=utc_now,
        transport=Wire(answering),
    )


@pytest.mark.parametrize("call", [READ, WRITE])
async def test_a_refused_credential_is_renewed_and_the_call_sent_once_more(call: Call[Any]) -> None:
    vendor, trace = Vendor(refuses=1), Trace()
    sender = client(Counting(), vendor)
    assert (await sender.send(call, trace)).body.name == "a"
    assert vendor.asked == [(call.method, "Bearer 0"), (call.method, "Bearer 1")]
    assert trace.calls == 2
    assert sender.health.status is SourceStatus.OK


async def test_a_second_refusal_is_told() -> None:
    vendor = Vendor(refuses=9)
    sender = client(Counting(), vendor)
    with pytest.raises(errors.Unauthenticated):
        await sender.send(READ, Trace())
    assert len(vendor.asked) == 2


async def test_a_fixed_credential_is_refused_at_once() -> None:
    vendor = Vendor(refuses=9)
    with pytest.raises(errors.Unauthenticated):
        await client(Fixed({"Authorization": "Bearer 0"}), vendor).send(READ, Trace())
    assert vendor.asked == [("GET", "Bearer 0")]


async def test_a_credential_that_cannot_be_had_is_the_call_s_failure() -> None:
    failure, vendor = errors.Unavailable(Source.OUTREACH, "no token"), Vendor(refuses=0)
    sender = client(Counting(failure), vendor)
    with pytest.raises(errors.Unavailable) as caught:
        await sender.send(READ, Trace())
    assert caught.value is failure
    assert not vendor.asked
    assert sender.health.status is SourceStatus.UNAVAILABLE


async def test_a_client_closes_its_credential() -> None:
    auth = Counting()
    await client(auth, Vendor(refuses=0)).close()
    assert auth.is_closed
