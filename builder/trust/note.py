"""Signed notes and witnesses' cosignatures, with Ed25519.

https://c2sp.org/signed-note and https://c2sp.org/tlog-cosignature. A key is written as
`<name>+<key id>+<base64>`, as in Go's golang.org/x/mod/sumdb/note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from builder.model import timestamp
from builder.trust.tiles import ProofError

ED25519, COSIGNATURE = 1, 4
MAX_BYTES = 1 << 20
MAX_SIGNATURES = 64
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]{1,255}")
"""A name is shown to be compared: no character moves or hides a part of it."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key: its name, its type (ED25519 or COSIGNATURE), and its 32 bytes."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line names the key."""
        text = self.name.encode() + b"\n" + bytes([self.type]) + self.public
        return hashlib.sha256(text).digest()[:4]

    def __str__(self) -> str:
        """Return the key as it is written."""
        encoded = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature under a note: the key's name and id, and the signature's bytes."""

    name: str
    id: bytes
    signature: bytes

    def __str__(self) -> str:
        """Return the line, with its line feed."""
        return f"— {self.name} {base64.b64encode(self.id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a line feed, and the signatures under it."""

    text: str
    signatures: tuple[SignatureLine, ...]

    def __str__(self) -> str:
        """Return the note as it is published."""
        return f"{self.text}\n{''.join(map(str, self.signatures))}"


def read_key(text: str) -> VerifierKey:
    """Read a key as it is written; ProofError if it is none that is known here."""
    name, _, rest = text.strip().partition("+")
    stated, _, encoded = rest.partition("+")
    data = _base64(encoded)
    if not _NAME.fullmatch(name) or len(data) != 33 or data[0] not in (ED25519, COSIGNATURE):
        raise ProofError(
            f"{text.strip()!r:.200} is not a key", help="it is written <name>+<key id>+<base64>"
        )
    key = VerifierKey(name, data[0], data[1:])
    if key.id.hex() != stated:
        raise ProofError(f"the key {name} has another id than it states")
    return key


def key_of(name: str, private: Ed25519PrivateKey, type: int = ED25519) -> VerifierKey:
    """Return the public half of a key under a name; ProofError if a key cannot have that name."""
    if not _NAME.fullmatch(name):
        raise ProofError(f"{name!r} cannot be a key's name: it has a space, or a +")
    return VerifierKey(name, type, private.public_key().public_bytes_raw())


def read_note(body: bytes) -> Note:
    """Read a signed note; ProofError if it is none."""
    try:
        whole = body.decode()
    except UnicodeDecodeError:
        whole = "\0"
    text, gap, below = whole.rpartition("\n\n")
    if len(body) > MAX_BYTES or not gap or not below.endswith("\n") or _CONTROL.search(whole):
        raise ProofError("this is not a signed note")
    return Note(text + "\n", read_signatures(below))


def read_signatures(text: str) -> tuple[SignatureLine, ...]:
    """Read signature lines; ProofError if there is another line among them, or too many."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise ProofError(f"a note may have {MAX_SIGNATURES} signatures, and this one has more")
    return tuple(map(_signature_line, lines))


def sign(text: str, key: VerifierKey, private: Ed25519PrivateKey) -> SignatureLine:
    """Sign a note's text: the same key and text give the same bytes (RFC 8032)."""
    return SignatureLine(key.name, key.id, private.sign(text.encode()))


def cosign(text: str, key: VerifierKey, private: Ed25519PrivateKey, time: int) -> SignatureLine:
    """Sign a checkpoint as a witness who saw it at a time, in seconds since 1970."""
    signature = private.sign(_cosigned(text, time))
    return SignatureLine(key.name, key.id, struct.pack(">Q", time) + signature)


def verify(note: Note, keys: Iterable[VerifierKey]) -> dict[VerifierKey, int]:
    """Return which keys signed a note, and when (seconds since 1970; 0 where that is not said).

    Signatures of other keys say nothing. Raises ProofError if one of a known key is wrong.
    """
    signed = {}
    for key in keys:
        for line in note.signatures:
            if (line.name, line.id) == (key.name, key.id):
                signed[key] = _verified(note.text, line, key)
    return signed


def require(note: Note, key: VerifierKey) -> None:
    """Raise ProofError unless a note is signed by a key."""
    if key not in verify(note, [key]):
        raise ProofError(
            f"it is not signed by {key.name} ({key.id.hex()})",
            help="if the registry has a new key, get that by a way that you trust",
        )


def _verified(text: str, line: SignatureLine, key: VerifierKey) -> int:
    message, signature, time = text.encode(), line.signature, 0
    if key.type == COSIGNATURE:
        time = int.from_bytes(line.signature[:8], "big")
        if time > timestamp.LAST_SECOND:
            raise ProofError(f"the signature of {key.name} is of a time that there is not")
        message, signature = _cosigned(text, time), line.signature[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise ProofError(f"the signature of {key.name} is wrong") from error
    return time


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _signature_line(line: str) -> SignatureLine:
    mark, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    data = _base64(encoded)
    if mark != "—" or not _NAME.fullmatch(name) or len(data) < 5:
        raise ProofError(f"{line!r:.200} is not a line of a signature")
    return SignatureLine(name, data[:4], data[4:])


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return b""
