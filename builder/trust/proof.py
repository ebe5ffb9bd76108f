"""A proof in one file: entry number, path to the root, and the signed checkpoint.

https://c2sp.org/tlog-proof. `extra` holds the entry itself, from which the leaf's hash follows.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from builder.trust import checkpoint, merkle
from builder.trust.checkpoint import TreeHead
from builder.trust.merkle import HASH_BYTES
from builder.trust.note import Note, VerifierKey
from builder.trust.tiles import ProofError

FIRST_LINE = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProof:
    """That an entry is in a log: its bytes and number, the path of hashes, the checkpoint."""

    entry: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes

    def __bytes__(self) -> bytes:
        """Return the file."""
        lines = [
            FIRST_LINE,
            f"extra {base64.b64encode(self.entry).decode()}",
            f"index {self.index}",
            *(base64.b64encode(digest).decode() for digest in self.hashes),
        ]
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint

    def verify(self, key: VerifierKey) -> tuple[TreeHead, Note]:
        """Return the checkpoint if the proof holds against a key; else raise ProofError."""
        head, signed = checkpoint.read_signed(self.checkpoint, key)
        leaf = merkle.leaf_hash(self.entry)
        if not merkle.proves_inclusion(leaf, self.index, head.size, self.hashes, head.root):
            raise ProofError(f"the proof does not lead from entry {self.index:,} to the log's root")
        return head, signed


def read(body: bytes) -> LogProof:
    """Read a proof; ProofError if it is none."""
    above, gap, signed = body.partition(b"\n\n")
    try:
        first, extra, index, *hashes = above.decode().split("\n")
        digests = tuple(base64.b64decode(line, validate=True) for line in hashes)
        entry = base64.b64decode(extra.removeprefix("extra "), validate=True)
    except ValueError as error:
        raise ProofError("this is not a proof of a log's entry") from error
    number = index.removeprefix("index ")
    well_formed = first == FIRST_LINE and extra.startswith("extra ") and _INDEX.fullmatch(number)
    if not gap or not well_formed or any(len(digest) != HASH_BYTES for digest in digests):
        raise ProofError("this is not a proof of a log's entry")
    return LogProof(entry=entry, index=int(number), hashes=digests, checkpoint=signed)
