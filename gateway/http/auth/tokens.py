"""Callers with JSON Web Tokens of an issuer that the operator trusts."""

import hashlib
import logging
import time
from collections.abc import Awaitable, Mapping
from typing import Any, cast

import jwt

from gateway.caller import Caller, UnknownRoleError, caller
from gateway.http.auth.auth import UnknownCallerError
from gateway.http.auth.key_set import KeySet, NoKeysError
from gateway.store.lru import Lru

_log = logging.getLogger("stagegraph.auth")

_ALGORITHMS = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512", "EdDSA",
]  # fmt: skip
"""Only such whose key cannot sign: none and HS256 are how tokens are forged (RFC 8725)."""

_MOST, _SECONDS = 10_000, 60.0
"""Tokens that are known without being verified again, and for how many seconds."""

_PER_TOKEN = 1

_LONGEST = 8192


class Tokens:
    """Knows callers by their tokens.

    Args:
        keys: the issuer's.
        issuer: `iss`. audience: `aud`, or one of several.
        leeway: seconds by which clocks may differ.
        roles_claim: where the roles are, dots between names: a list, or a text with blanks.
    """

    def __init__(
        self, keys: KeySet, *, issuer: str, audience: str, leeway: float, roles_claim: str
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._leeway = leeway
        self._roles_claim = roles_claim.split(".")
        self._known = Lru[bytes, Caller, float](
            max_bytes=_MOST * _PER_TOKEN, max_entries=_MOST, now=time.time
        )

    def find(self, shown: bytes) -> Caller | Awaitable[Caller]:
        """Return whose token it is: at once if it was verified a moment ago."""
        if len(shown) > _LONGEST:
            message = f"A token has {_LONGEST} characters at most."
            raise UnknownCallerError(message)
        digest = hashlib.sha256(shown).digest()
        known = self._known.get(digest)
        return known or self._verified(shown, digest)

    async def _verified(self, shown: bytes, digest: bytes) -> Caller:
        try:
            header = jwt.get_unverified_header(shown)
            key = await self._keys.get(header.get("kid"))
            claims: dict[str, Any] = jwt.decode(
                shown,
                key,
                algorithms=_ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=self._leeway,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except NoKeysError as error:
            raise UnknownCallerError(str(error)) from None
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise UnknownCallerError(_told(error)) from None
        found = self._caller(claims)
        until = min(float(claims["exp"]) + self._leeway, time.time() + _SECONDS)
        self._known.put(digest, found, _PER_TOKEN, until)
        return found

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        """Return who has these claims; what is no role is for others to read."""
        value: Any = claims
        for name in self._roles_claim:
            value = cast("Mapping[str, Any]", value).get(name) if isinstance(value, dict) else None
        texts = value.split() if isinstance(value, str) else value
        roles: list[str] = []
        for text in cast("list[object]", texts) if isinstance(texts, list) else ():
            try:
                caller("", [str(text)])
            except UnknownRoleError:
                continue
            roles.append(str(text))
        return caller(str(claims["sub"])[:100], roles)

    async def close(self) -> None:
        """Let go of the keys' connection."""
        await self._keys.close()


def _told(error: Exception) -> str:
    """Tell what is wrong with a token, in words of our own: the library's may show parts of it."""
    match error:
        case jwt.ExpiredSignatureError():
            return "This token has expired; get a new one."
        case jwt.ImmatureSignatureError():
            return "This token is not valid yet."
        case jwt.InvalidAudienceError():
            return "This token is for another audience."
        case jwt.InvalidIssuerError():
            return "This token is of another issuer."
        case jwt.MissingRequiredClaimError(claim=claim):
            return f"This token has no {claim}."
        case _:
            return "This token cannot be verified."
