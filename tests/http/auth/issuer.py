"""An issuer of tokens: its keys, and settings that trust it."""

import json
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER, AUDIENCE = "https://issuer.example", "stagegraph"

PRIVATE = {
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


def public(algorithm: str, kid: str | None = None) -> dict[str, Any]:
    """Return a key as it stands in the key set."""
    own = jwt.get_algorithm_by_name(algorithm).to_jwk(PRIVATE[algorithm].public_key(), as_dict=True)
    return {**own, "kid": kid or algorithm, "alg": algorithm, "use": "sig"}


KEYS = {"keys": [public(name) for name in PRIVATE]}


def token(algorithm: str = "ES256", kid: str | None = None, **claims: Any) -> str:
    """Return a token of "ann", who may read; a claim that is None is left out."""
    own = {
        "iss": ISSUER,
        "aud": ["other", AUDIENCE],
        "sub": "ann",
        "exp": int(time.time()) + 3600,
        "roles": ["read", "offline_access"],
        **claims,
    }
    told = {name: one for name, one in own.items() if one is not None}
    return jwt.encode(told, PRIVATE[algorithm], algorithm, headers={"kid": kid or algorithm})


def trusting(folder: Path) -> dict[str, str]:
    """Return the settings of a gateway that takes these tokens; the key set is a file."""
    path = folder / "jwks.json"
    path.write_text(json.dumps(KEYS))
    return {
        "AUTH": "jwt",
        "JWT_JWKS": str(path),
        "JWT_ISSUER": ISSUER,
        "JWT_AUDIENCE": AUDIENCE,
        "JWT_LEEWAY": "5",
    }
