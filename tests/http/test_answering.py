"""A run that several wait for has its place and its view for as long as it goes on."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
import strawberry
from starlette.types import Message, Receive

from gateway.cache.versions import Versions
from gateway.caller import caller
from gateway.context import View, Views
from gateway.execution import Engine
from gateway.http.answering import Answer, Answering, Asking
from gateway.http.answers import Answers
from gateway.http.asked import Asked
from gateway.http.gate import Gate, OverloadedError
from gateway.http.leaving import CallerLeftError
from gateway.telemetry import RequestLine
from gateway.upstream.trace import Log

SOME = caller("some", ["devrev:read"])


@strawberry.type
class Query:
    @strawberry.field
    async def slow(self, number: int, seconds: float) -> int:
        await asyncio.sleep(seconds)
        return number


class Context:
    """The least that is wanted of a request's context."""

    is_open = True
    is_traced = False

    closed = 0

    def __init__(self) -> None:
        self.log = Log()

    async def close(self) -> None:
        Context.closed += 1


class Plain(View):
    """A view of nothing."""

    def new_context(self, caller: Any) -> Any:
        del caller
        return Context()


class Texts:
    """No document is named."""

    takes_any = True

    async def resolve(self, asked: Asked) -> Asked:
        return asked


class Priceless(RequestLine):
    """A line that lets no operation begin."""

    def charge(self, cost: int) -> None:
        message = "no price"
        raise ValueError(message, cost)


async def stays() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def leaves() -> Message:
    return {"type": "http.disconnect"}


class House:
    """What answers, and what it bounds."""

    def __init__(self, most: int) -> None:
        gateway: Any = None
        self.gate = Gate(most)
        self.views = Views(lambda _: Plain(gateway, []))
        kept = Answers(Versions(), max_bytes=10**6, max_entries=100, now=lambda: datetime.now(UTC))
        engine = Engine(strawberry.Schema(Query))
        self._answering = Answering(engine, self.views, None, Texts(), self.gate, kept)

    def ask(
        self,
        receive: Receive,
        number: int = 1,
        seconds: float = 1.0,
        line: RequestLine | None = None,
    ) -> asyncio.Task[Answer]:
        asked = Asked(query=f"{{ slow(number: {number}, seconds: {seconds}) }}")
        line = line or RequestLine(request="r")
        asking = Asking(SOME, line, receive, "POST", False)
        return asyncio.get_running_loop().create_task(self._answering.answer(asked, asking))

    @property
    def users(self) -> int:
        return self.views.of(SOME).users


async def test_the_first_who_asked_may_leave() -> None:
    house = House(1)
    first = house.ask(leaves)
    await asyncio.sleep(0.05)
    second = house.ask(stays)
    with pytest.raises(OverloadedError):
        await house.ask(stays, number=2)
    with pytest.raises(CallerLeftError):
        await first
    assert (house.gate.inside, house.users) == (1, 1)
    with pytest.raises(OverloadedError):
        await house.ask(stays, number=2)
    assert (await second).body.plain == b'{"data":{"slow":1}}'
    assert (house.gate.inside, house.users) == (0, 0)


async def test_what_had_begun_is_stopped_when_a_run_cannot_begin() -> None:
    house = House(1)
    before = Context.closed
    with pytest.raises(ValueError, match="no price"):
        await house.ask(stays, line=Priceless(request="r"))
    assert Context.closed == before + 1
    assert (house.gate.inside, house.users) == (0, 0)


async def test_what_nobody_waits_for_gives_back_what_it_had() -> None:
    house = House(5)
    asked = [house.ask(leaves, number) for number in range(3)]
    at_once = house.ask(stays, number=4)
    await asyncio.sleep(0)
    at_once.cancel()
    found = await asyncio.gather(*asked, at_once, return_exceptions=True)
    assert [type(one) for one in found] == [CallerLeftError] * 3 + [asyncio.CancelledError]
    await asyncio.sleep(0.01)
    assert (house.gate.inside, house.users) == (0, 0)
