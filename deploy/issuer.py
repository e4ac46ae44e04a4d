"""The local stack's own issuer of tokens, for development; production has an OIDC issuer."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from shared import key_files
from shared.access.tokens import AUDIENCE, LOCAL_ISSUER

PRIVATE, PUBLIC = "issuer.pem", "issuer.jwks.json"


class Issuer:
    """Signs tokens with the private key in a folder; the services are given the public one only."""

    def __init__(self, folder: Path) -> None:
        self._private, self.public = folder / PRIVATE, folder / PUBLIC

    def make_keys(self) -> None:
        """A new pair, unless there is one."""
        if self._private.exists() and self.public.exists():
            return
        self._private.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self._private.unlink(missing_ok=True)
        key_files.write(self._private, pem)
        told = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
        keys = {"keys": [{**told, "kid": "local", "use": "sig", "alg": "EdDSA"}]}
        self.public.write_text(json.dumps(keys), "utf-8")

    def token(
        self,
        actor: str,
        authority: str,
        roles: Iterable[str],
        *,
        unit: str | None = None,
        wards: Iterable[str] = (),
        valid: timedelta = timedelta(hours=8),
        audience: str = AUDIENCE,
    ) -> str:
        """A signed token for this person (`officer:<id>`) with these roles in this authority."""
        now = datetime.now(UTC)
        claims = {
            "iss": LOCAL_ISSUER,
            "aud": audience,
            "sub": actor,
            "iat": now,
            "exp": now + valid,
            "jti": uuid4().hex,
            "authority": authority,
            "roles": sorted(roles),
            "unit": unit,
            "wards": sorted(wards),
        }
        return jwt.encode(claims, self._private.read_bytes(), "EdDSA", headers={"kid": "local"})
