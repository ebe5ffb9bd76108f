"""Signing a log's tree, and never one that does not extend the last one that was signed."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from builder.trust import checkpoint, merkle, note
from builder.trust.checkpoint import TreeHead
from builder.trust.note import Note, SignatureLine, VerifierKey
from builder.trust.tiles import LogTree, ProofError


@dataclass(frozen=True, slots=True)
class LogKey:
    """The private key of a log, or of a witness, and its public half."""

    private: Ed25519PrivateKey
    public: VerifierKey


def log_key(origin: str, private: object) -> LogKey:
    """Return a log's key; ProofError unless it is an Ed25519 one."""
    if not isinstance(private, Ed25519PrivateKey):
        raise ProofError(
            "a log is signed with an ed25519 key",
            help="make one with: openssl genpkey -algorithm ed25519 -out log-key.pem",
        )
    return LogKey(private, note.key_of(origin, private))


def witness_key(name: str, private: object) -> LogKey:
    """Return a witness's key; ProofError unless it is an Ed25519 one."""
    own = log_key(name, private)
    return LogKey(own.private, note.key_of(name, own.private, note.COSIGNATURE))


def require_whole(head: TreeHead, tree: LogTree) -> None:
    """Raise ProofError unless a tree's tiles lead to its root."""
    if tree.root() != head.root:
        raise ProofError("the log's tiles do not lead to its root", help="build the site anew")


def require_extends(previous: TreeHead, head: TreeHead, tree: LogTree) -> None:
    """Raise ProofError unless a tree extends the one that was signed before."""
    if previous.origin != head.origin:
        raise ProofError(f"the log was {previous.origin}, and is {head.origin} now")
    if head.size < previous.size:
        raise ProofError(
            f"the log has {head.size:,} entries, fewer than the {previous.size:,} that were signed",
            help="history was rewritten, or this is an older commit: nothing was signed",
        )
    proof = tree.consistency_proof(previous.size)
    if not merkle.proves_consistency(previous.size, head.size, proof, previous.root, head.root):
        raise ProofError(
            f"the log does not extend the one of {previous.size:,} entries that was signed before",
            help="history was rewritten: bring it back, then build and seal again. "
            "Nothing was signed",
        )


def seal(head: TreeHead, key: LogKey, cosignatures: Iterable[SignatureLine] = ()) -> Note:
    """Sign a tree's head; the same key and head give the same bytes.

    Of each witness the last line given counts: who is asked every day about a tree that does not
    grow signs it every day, and nobody reads a note of more than so many lines. Raises ProofError
    if even so there are too many.
    """
    own = note.sign(head.text, key.public, key.private)
    newest = {(line.name, line.id): line for line in cosignatures}
    if len(newest) >= note.MAX_SIGNATURES:
        raise ProofError(
            f"a checkpoint can have {note.MAX_SIGNATURES - 1} witnesses, and these are {len(newest)}",
            help="name fewer with --witness",
        )
    return Note(head.text, (own, *newest.values()))


def cosignatures_of(
    text: str, lines: Iterable[SignatureLine], witnesses: Iterable[VerifierKey]
) -> tuple[SignatureLine, ...]:
    """Return the lines that are a witness's cosignature of a checkpoint's text; the rest say nothing."""
    known = tuple(witnesses)
    return tuple(line for line in lines if note.verify(Note(text, (line,)), known))


def still_good(
    previous: Note | None, head: TreeHead, witnesses: Iterable[VerifierKey]
) -> tuple[SignatureLine, ...]:
    """Return the cosignatures that a checkpoint has already, if it is of this very tree."""
    if previous is None or previous.text != head.text:
        return ()
    return cosignatures_of(previous.text, previous.signatures, witnesses)


def submission(old: int, proof: Iterable[bytes], signed: Note) -> bytes:
    """Return what a witness is asked (https://c2sp.org/tlog-witness, add-checkpoint)."""
    lines = [f"old {old}", *(base64.b64encode(digest).decode() for digest in proof)]
    return "\n".join(lines).encode() + b"\n\n" + str(signed).encode()


def read_head(body: bytes) -> TreeHead:
    """Read the head of a tree that nobody has signed yet."""
    return checkpoint.read_text(body.decode("utf-8", "replace"))
