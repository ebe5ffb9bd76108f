"""A checkpoint: origin, size and root of a tree, as a note that can be signed.

https://c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from builder.trust import note
from builder.trust.merkle import HASH_BYTES
from builder.trust.note import Note, VerifierKey
from builder.trust.tiles import ProofError

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """How large a log's tree is, and its root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text of the note."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def origin_of(base_url: str) -> str:
    """Return the name of the log of a registry: its base address without the scheme."""
    parts = urlsplit(base_url)
    return f"{parts.netloc}{parts.path}".rstrip("/")


def read_text(text: str) -> TreeHead:
    """Read the text of a checkpoint; ProofError if it is none. Lines of extensions are left out."""
    origin, size, root, *_ = [*text.split("\n"), "", "", ""]
    try:
        digest = base64.b64decode(root, validate=True)
    except ValueError:
        digest = b""
    if not origin or not _SIZE.fullmatch(size) or len(digest) != HASH_BYTES:
        raise ProofError("this is not a checkpoint of a log")
    return TreeHead(origin=origin, size=int(size), root=digest)


def read_signed(body: bytes, key: VerifierKey) -> tuple[TreeHead, Note]:
    """Read a checkpoint that a key signed; ProofError if it is none, or of another log."""
    signed = note.read_note(body)
    note.require(signed, key)
    head = read_text(signed.text)
    if head.origin != key.name:
        raise ProofError(f"this is a checkpoint of {head.origin}, not of {key.name}")
    return head, signed
