"""Detached signatures: the file that holds one (`<file>.sig`), and whether it fits a message.

What is signed is in statement.py. Whose the key is remains to be proved.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from pydantic import Field, ValidationError

from builder.model import server_json, timestamp
from builder.model.layout import place
from builder.model.sidecars import Key
from builder.ownership import key as keys
from builder.ownership.statement import RegistryIdentity, Statement, digest, first_form

if TYPE_CHECKING:
    from builder.ownership.key import PrivateKey, PublicKey

MAX_BYTES = 4096
_MOST = 2**53


class FirstSignature(Key):
    """A signature file of the first form: a key, and its signature of an entry."""

    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$")]


class Signature(FirstSignature):
    """What a signature file holds: key and signature, and what was signed besides the file."""

    registry: str
    host: str
    expires: Annotated[
        str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
    ]
    counter: Annotated[int, Field(strict=True, ge=0, le=_MOST)] = 0

    def statement(self, path: str, data: bytes) -> Statement:
        """Return what this file says was signed, for a file's path and bytes."""
        return Statement(
            registry=RegistryIdentity(self.registry, self.host),
            path=path,
            digest=digest(data),
            expires=timestamp.parse(self.expires) // timestamp.SECOND,
            counter=self.counter,
        )


class SignatureError(ValueError):
    """A signature file is not one, or its signature does not fit."""


def sign(private: PrivateKey, statement: Statement) -> Signature:
    """Return the signature of a statement."""
    return Signature(
        **_sign(private, statement.message()),
        registry=statement.registry.namespace,
        host=statement.registry.host,
        expires=timestamp.render(timestamp.from_git(statement.expires)),
        counter=statement.counter,
    )


def sign_first(private: PrivateKey, message: bytes) -> FirstSignature:
    """Return a signature of the first form."""
    return FirstSignature(**_sign(private, message))


def _sign(private: PrivateKey, message: bytes) -> dict[str, Any]:
    raw = raw_signature(private, message)
    return {**keys.key_of(private).model_dump(), "signature": base64.b64encode(raw).decode()}


def raw_signature(private: PrivateKey, message: bytes) -> bytes:
    """Return the bytes of a signature; those of ECDSA are R and S, 48 each, over SHA-384."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    if isinstance(private, ec.EllipticCurvePrivateKey):
        numbers = utils.decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA384())))
        return b"".join(number.to_bytes(keys.COORDINATE) for number in numbers)
    return private.sign(message)


def check(signature: FirstSignature, message: bytes) -> Key:
    """Check a signature against a message and return the key that signed.

    SignatureError says why it does not fit.
    """
    from cryptography.exceptions import InvalidSignature

    try:
        _verify(keys.load(signature), base64.b64decode(signature.signature, validate=True), message)
    except InvalidSignature as error:
        raise SignatureError("the signature is of another entry, or of other bytes") from error
    except ValueError as error:
        raise SignatureError(f"the key or signature is malformed: {error}") from error
    return keys.canonical(Key(algorithm=signature.algorithm, public=signature.public))


def fits(signature: FirstSignature, path: str, data: bytes) -> bool:
    """Return whether a signature is of these bytes at this path, whenever and wherever it counts.

    This is asked of signatures that have landed: those of the first form are good there.
    """
    where = place(path)
    try:
        if isinstance(signature, Signature):
            check(signature, signature.statement(path, data).message())
        elif where.server and where.version:
            check(signature, first_form(where.name, where.version, data))
        else:
            return False
    except ValueError:  # SignatureError is one, and so is a day that no calendar has
        return False
    return True


def read(data: bytes) -> FirstSignature:
    """Read a signature file, of either form; SignatureError if it is not one."""
    try:
        content = server_json.parse(data, max_bytes=MAX_BYTES)
        is_first = not {"registry", "host", "expires"} & content.keys()
        return (FirstSignature if is_first else Signature).model_validate(content)
    except server_json.DocumentError as error:
        raise SignatureError(f"not a signature file: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise SignatureError(f"not a signature file: {where}: {first['msg']}") from error


def write(signature: FirstSignature) -> bytes:
    """Write a signature file."""
    content = signature.model_dump(exclude_defaults=True)
    return orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"


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
