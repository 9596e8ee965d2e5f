"""A name that is not answered costs its source alone."""

import asyncio
from typing import Any

import httpx
import pytest

from gateway.upstream.client.tls import trust
from gateway.upstream.client.transport import Transport
from tests.upstream.asking import ask
from tests.upstream.vendor import Vendor, reply


class Names:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

    async def __call__(self, host: str, port: int) -> list[Any]:
        self.asked.append((host, port))
        return await asyncio.shield(self.answer)


async def test_all_who_want_to_know_a_host_s_addresses_ask_once() -> None:
    names = Names()
    async with Vendor([reply(200, b"good")]) as vendor:
        transport = Transport(5.0, trust(), lookup=names)
        left = [asyncio.create_task(ask(transport, vendor)) for _ in range(9)]
        await asyncio.sleep(0.01)
        for one in left:
            one.cancel()
        await asyncio.wait(left)
        late = [asyncio.create_task(ask(transport, vendor)) for _ in range(9)]
        await asyncio.sleep(0.01)
        assert names.asked == [("127.0.0.1", vendor.port)]
        loop = asyncio.get_running_loop()
        names.answer.set_result(await loop.getaddrinfo("127.0.0.1", vendor.port))
        assert await asyncio.gather(*late) == [(200, b"good")] * 9
        await transport.aclose()


async def test_a_failure_is_told_to_who_is_there_and_not_kept() -> None:
    names = Names()
    async with Vendor([reply(200, b"good")]) as vendor:
        transport = Transport(5.0, trust(), lookup=names)
        names.answer.set_exception(OSError("no such name"))
        for times in (1, 2):
            with pytest.raises(httpx.ConnectError):
                await ask(transport, vendor)
            assert len(names.asked) == times
        await transport.aclose()


async def test_who_closes_does_not_wait_for_names() -> None:
    names = Names()
    async with Vendor([reply(200)]) as vendor:
        transport = Transport(5.0, trust(), lookup=names)
        asking = asyncio.create_task(ask(transport, vendor))
        await asyncio.sleep(0.01)
        await transport.aclose()
        await asyncio.wait([asking], timeout=1)
        assert asking.cancelled()
