"""Detached signatures of entries: the signed message, and the file that holds one.

The message is a row of netstrings (https://cr.yp.to/proto/netstrings.txt): what it is for, the
namespace, the name, the version, and the SHA-256 of the file's bytes in hex. Each part carries
its length, so that no two entries have the same message, and nothing else that a key signs (the
official registry has it sign a time stamp) begins as this does.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Annotated

import orjson
from pydantic import Field, ValidationError

from builder.model import server_json
from builder.model.sidecars import Key
from builder.ownership import key as keys

if TYPE_CHECKING:
    from builder.ownership.key import PrivateKey, PublicKey

PURPOSE = "mcp-registry entry v1"
SUFFIX = ".sig"
MAX_BYTES = 4096


class Signature(Key):
    """What `<version>.json.sig` holds: the key, and its signature of the entry's message."""

    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$")]


class SignatureError(ValueError):
    """A signature file is not one, or its signature does not fit the entry."""


def message(name: str, version: str, data: bytes) -> bytes:
    """Write the message that is signed for the entry of this name and version with these bytes."""
    digest = hashlib.sha256(data).hexdigest()
    parts = (PURPOSE, name.partition("/")[0], name, version, digest)
    encoded = (part.encode("utf-8", "surrogatepass") for part in parts)
    return b"".join(b"%d:%b," % (len(part), part) for part in encoded)


def sign(private: PrivateKey, text: bytes) -> Signature:
    """Sign a message. ECDSA signatures are R and S, 48 bytes each, over SHA-384."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    if isinstance(private, ec.EllipticCurvePrivateKey):
        numbers = utils.decode_dss_signature(private.sign(text, ec.ECDSA(hashes.SHA384())))
        raw = b"".join(number.to_bytes(keys.COORDINATE) for number in numbers)
    else:
        raw = private.sign(text)
    key = keys.key_of(private)
    return Signature(
        algorithm=key.algorithm, public=key.public, signature=base64.b64encode(raw).decode()
    )


def verify(data: bytes, text: bytes) -> Key:
    """Check the bytes of a signature file against a message; give the key that signed.

    SignatureError says why it does not fit. Whose the key is remains to be proved.
    """
    from cryptography.exceptions import InvalidSignature

    signature = read(data)
    try:
        _verify(keys.load(signature), base64.b64decode(signature.signature, validate=True), text)
    except InvalidSignature as error:
        raise SignatureError("the signature is of another entry, or of other bytes") from error
    except ValueError as error:
        raise SignatureError(f"the key or signature is malformed: {error}") from error
    return keys.canonical(Key(algorithm=signature.algorithm, public=signature.public))


def read(data: bytes) -> Signature:
    """Read a signature file; SignatureError if it is not one."""
    try:
        return Signature.model_validate(server_json.parse(data, max_bytes=MAX_BYTES))
    except server_json.DocumentError as error:
        raise SignatureError(f"not a signature file: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise SignatureError(f"not a signature file: {where}: {first['msg']}") from error


def write(signature: Signature) -> bytes:
    """Write a signature file."""
    return orjson.dumps(signature.model_dump(), option=orjson.OPT_INDENT_2) + b"\n"


def _verify(key: PublicKey, raw: bytes, text: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    if not isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(raw, text)
        return
    if len(raw) != 2 * keys.COORDINATE:
        raise ValueError("an ecdsap384 signature has 96 bytes")
    r, s = int.from_bytes(raw[: keys.COORDINATE]), int.from_bytes(raw[keys.COORDINATE :])
    key.verify(utils.encode_dss_signature(r, s), text, ec.ECDSA(hashes.SHA384()))
