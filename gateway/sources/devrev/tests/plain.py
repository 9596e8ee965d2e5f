"""DevRev over plain HTTP, without the gateway."""

from typing import Any

import httpx

from gateway.sources.devrev.sandbox import EMULATOR
from tests.fixtures import plain_http


class Api:
    """DevRev with the sandbox's token."""

    def __init__(self, origin: str) -> None:
        self.http = plain_http(
            origin + EMULATOR.prefix, headers={"Authorization": "Bearer sandbox"}
        )

    def post(self, route: str, **body: Any) -> httpx.Response:
        return self.http.post(f"/{route}", json=body)

    def get(self, route: str, query: str = "") -> httpx.Response:
        return self.http.get(f"/{route}?{query}")

    def ok(self, route: str, **body: Any) -> Any:
        response = self.post(route, **body)
        assert response.status_code == 200, response.text
        return response.json()

    def refusal(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 400, response.text
        body = response.json()
        assert isinstance(body.pop("message"), str)
        return body
