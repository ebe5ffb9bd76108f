"""What publishers log in with, and the key that a registry signs its own tokens with."""

from __future__ import annotations

import time
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from builder.ownership import signature
from tests.ownership.issuer import GITHUB_CLAIMS
from tests.ownership.world import Signer
from tests.publish.running import Desk


def signed_now(signer: Signer, domain: str = "example.org", seconds: int = 0) -> dict[str, str]:
    """What the official publisher program sends: a time, and the signature of its text alone."""
    text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
    return {"domain": domain, "timestamp": text, "signed_timestamp": raw(signer, text)}


def raw(signer: Signer, text: str) -> str:
    """A signature of a text in hexadecimal digits."""
    return signature.raw_signature(signer.private, text.encode()).hex()


def oidc_token(desk: Desk, **changed: Any) -> str:
    """A token of GitHub Actions, with other claims where they are given."""
    return desk.issuer.token(**{**GITHUB_CLAIMS, **changed})


def pem() -> str:
    """A new key to sign tokens with, as PEM."""
    encoded = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return encoded.decode()
