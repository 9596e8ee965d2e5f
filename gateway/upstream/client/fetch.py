"""Reads a small public document, such as an issuer's keys."""

import httpx

from gateway.upstream.client.tls import trust

_SECONDS = 5.0
_MOST = 1_000_000
_GOOD = 200


async def fetch(address: str) -> bytes:
    """Return the body at an address: no redirect is followed, no proxy of the environment taken.

    Args:
        address: https://..., or http://... of this machine.

    Raises:
        OSError: if it cannot be had whole within 5 seconds, or is longer than a megabyte.
    """
    body = bytearray()
    try:
        async with (
            httpx.AsyncClient(trust_env=False, verify=trust(), timeout=_SECONDS) as client,
            client.stream("GET", address, headers={"Accept": "application/json"}) as response,
        ):
            if response.status_code != _GOOD:
                message = f"it was answered {response.status_code}"
                raise OSError(message)
            async for part in response.aiter_bytes():
                body += part
                if len(body) > _MOST:
                    message = f"it is longer than {_MOST} bytes"
                    raise OSError(message)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(type(error).__name__) from None
    return bytes(body)
