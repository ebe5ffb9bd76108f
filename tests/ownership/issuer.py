"""An OpenID Connect issuer on loopback: its documents, its keys, and the tokens that it signs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from tests.local_server import NOT_FOUND, LocalServer, Reply, Request, as_json, serving

DISCOVERY, KEYS = "/.well-known/openid-configuration", "/keys"
AUDIENCE = "https://registry.example.com"


def rsa(kid: str = "first", bits: int = 2048) -> RSAKey:
    return RSAKey.generate_key(bits, {"kid": kid})


def ec(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


def ed25519(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid})


@dataclass
class Issuer:
    """What the issuer publishes; `answers` replaces the answer to a path."""

    keys: list[Key] = field(default_factory=lambda: [_FIRST])
    cache_control: str = ""
    answers: dict[str, Reply] = field(default_factory=dict)
    server: LocalServer = field(init=False)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def asked_for_keys(self) -> int:
        return self.server.targets.count(KEYS)

    def answer(self, request: Request) -> Reply:
        if request.path in self.answers:
            return self.answers[request.path]
        if request.path == DISCOVERY:
            return as_json({"issuer": self.url, "jwks_uri": f"{self.url}{KEYS}"})
        if request.path == KEYS:
            listed = [key.as_dict(private=False) for key in self.keys]
            headers = {"Cache-Control": self.cache_control} if self.cache_control else {}
            return as_json({"keys": listed}, **headers)
        return NOT_FOUND

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Claims of a good token, with some changed; None leaves one out."""
        now = int(time.time())
        usual = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "somebody",
            "iat": now,
            "nbf": now,
            "exp": now + 300,
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    def token(self, key: Key | None = None, algorithm: str = "RS256", **changed: Any) -> str:
        signer = key or self.keys[0]
        header = {"alg": algorithm, **({"kid": signer.kid} if signer.kid else {})}
        return jwt.encode(header, self.claims(**changed), signer, algorithms=[algorithm])


_FIRST = rsa()  # one for all: to make another takes 0.1 s


@contextmanager
def issuing(**options: Any) -> Iterator[Issuer]:
    issuer = Issuer(**options)
    with serving(issuer.answer) as server:
        issuer.server = server
        yield issuer
