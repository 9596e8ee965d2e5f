"""The token endpoint: a refresh token buys an access token, and mostly a new refresh token.

It answers as OAuth 2 does (RFC 6749): forms and JSON alike, as production clients send either.
"""

import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.sandbox.emulator import TOKEN
from gateway.sandbox.limits import Limiter
from gateway.sandbox.switches import Switches

CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - the one application of the sandbox
REFRESH_TOKEN = "sandbox-refresh"  # noqa: S105 - its first refresh token
REDIRECT_URI = "https://stagegraph.example/outreach"

ACCESS_SECONDS = 7200
_REFRESH_SECONDS = 14 * 86400
_SCOPED = "prospects", "stages", "users"


class Tokens:
    """The tokens that are good, and until when in seconds of the epoch.

    Switches: `rotation` (a refresh token is good once and the answer has the next one, or is good
    until it expires and the answer repeats it or leaves it out), `new_tokens` (one a minute, or
    any number), `refused_grant` (status of the answer to a refresh token that is no good),
    `redirect_uri` (whether it must be sent), `scopes` (which rights an access token tells).
    """

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._limiter = Limiter(time.monotonic)
        self._access: dict[str, float] = {}
        self._refresh = {REFRESH_TOKEN: time.time() + _REFRESH_SECONDS}

    def is_good(self, access_token: str) -> bool:
        """Tell whether an access token is good; the fixed one always is."""
        return access_token == TOKEN or self._access.get(access_token, 0) > time.time()

    async def grant(self, request: Request) -> Response:
        """Answer POST /oauth/token."""
        fields = _fields(request, await request.body())
        refused = self._refuse(fields)
        if refused:
            code, status = refused
            return JSONResponse({"error": code}, status)
        budget = self._limiter.spend(
            "1/60" if self._switches["new_tokens"] == "one_a_minute" else "none"
        )
        if budget is not None and budget.remaining < 0:
            told = {"Retry-After": str(round(budget.reset_in))}
            return JSONResponse({"error": "rateLimitExceeded"}, 429, told)
        request.state.applied = True
        return JSONResponse(
            self._exchange(fields["refresh_token"]), headers={"Cache-Control": "no-store"}
        )

    def _refuse(self, fields: Mapping[str, str]) -> tuple[str, int] | None:
        """Return OAuth's word for what is wrong with a request, and the status of the answer."""
        if (fields.get("client_id"), fields.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return "invalid_client", 401
        if fields.get("grant_type") != "refresh_token":
            return "unsupported_grant_type", 400
        address = fields.get("redirect_uri")
        if self._switches["redirect_uri"] == "required" and address is None:
            return "invalid_request", 400
        until = self._refresh.get(fields.get("refresh_token", ""), 0)
        if address not in {None, REDIRECT_URI} or until <= time.time():
            return "invalid_grant", int(self._switches["refused_grant"])
        return None

    def _exchange(self, refresh_token: str) -> dict[str, Any]:
        now, access_token = time.time(), secrets.token_urlsafe(24)
        self._access[access_token] = now + ACCESS_SECONDS
        answer: dict[str, Any] = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": ACCESS_SECONDS,
            "scope": " ".join(f"{name}.{self._switches['scopes']}" for name in _SCOPED),
            "created_at": int(now),
        }
        rotation = self._switches["rotation"]
        if rotation == "rotates":
            del self._refresh[refresh_token]
            refresh_token = secrets.token_urlsafe(24)
            self._refresh[refresh_token] = now + _REFRESH_SECONDS
        return answer if rotation == "left_out" else {**answer, "refresh_token": refresh_token}


def _fields(request: Request, body: bytes) -> Mapping[str, str]:
    """Read a form, or a JSON object of texts; whatever else is there says nothing."""
    try:
        if "json" in request.headers.get("Content-Type", ""):
            return msgspec.json.decode(body, type=dict[str, str])
        return dict(parse_qsl(body.decode()))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
