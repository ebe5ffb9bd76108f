"""Keys that speak for a namespace: the two algorithms of the official registry, and their formats.

Public keys are base64, 32 bytes for ed25519 and a compressed point of 49 for ecdsap384. Private
keys are PEM (PKCS 8), as `openssl genpkey` and the official publisher make them.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from builder.model.errors import RegistryError
from builder.model.sidecars import Key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
    PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey

COORDINATE = 48  # bytes of a number modulo P-384's order


def public_key(algorithm: str, public: str) -> Key | None:
    """Return a Key of an algorithm's name and base64 text; None unless both are right."""
    try:
        key = Key.model_validate({"algorithm": algorithm, "public": public})
        load(key)
    except ValueError:
        return None
    return canonical(key)


def canonical(key: Key) -> Key:
    """Write a key's base64 in the one usual way, so that equal keys are equal values."""
    try:
        raw = base64.b64decode(key.public, validate=True)
    except binascii.Error:
        return key
    return Key(algorithm=key.algorithm, public=base64.b64encode(raw).decode())


def generate(algorithm: str) -> PrivateKey:
    """Make a new private key: ed25519 or ecdsap384."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if algorithm == "ecdsap384":
        return ec.generate_private_key(ec.SECP384R1())
    return ed25519.Ed25519PrivateKey.generate()


def read_private(data: bytes) -> PrivateKey:
    """Read a private key in PEM; RegistryError if it is none that the registry takes."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:
        raise RegistryError(
            f"not a private key in PEM without password: {error}",
            help="make one with: mcp-registry keygen DOMAIN",
        ) from error
    if isinstance(key, ed25519.Ed25519PrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP384R1)
    ):
        return key
    raise RegistryError("the key is neither ed25519 nor ECDSA P-384")


def write_private(key: PrivateKey) -> bytes:
    """Write a private key as PEM (PKCS 8, no password)."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_of(private: PrivateKey) -> Key:
    """Return the public half of a private key."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = private.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        raw = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return Key(algorithm="ecdsap384", public=base64.b64encode(raw).decode())
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Key(algorithm="ed25519", public=base64.b64encode(raw).decode())


def load(key: Key) -> PublicKey:
    """Make a key usable; ValueError if it is malformed."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    raw = base64.b64decode(key.public, validate=True)
    if key.algorithm == "ed25519":
        return ed25519.Ed25519PublicKey.from_public_bytes(raw)
    if len(raw) != COORDINATE + 1:
        raise ValueError("a compressed P-384 point has 49 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), raw)
