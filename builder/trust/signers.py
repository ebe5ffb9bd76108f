"""Keys that sign trust metadata, out of PEM files."""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.signer import CryptoSigner, Key, Signer, SSlibKey

from builder.trust.tiles import ProofError


def signer_of(pem: bytes) -> Signer:
    """Return what signs with a private key in PEM; ProofError if it is none."""
    try:
        private = load_pem_private_key(pem, password=None)
        return CryptoSigner(private)
    except (ValueError, TypeError) as error:
        raise ProofError(
            f"not a private key in PEM without password: {error}",
            help="make one with: openssl genpkey -algorithm ed25519 -out key.pem",
        ) from error


def public_key_of(pem: bytes) -> Key:
    """Return the public half of a key in PEM, be that the public or the private one."""
    if b"PRIVATE" in pem:
        return signer_of(pem).public_key
    try:
        return SSlibKey.from_crypto(load_pem_public_key(pem))
    except (ValueError, TypeError) as error:
        raise ProofError(f"not a key in PEM: {error}") from error
