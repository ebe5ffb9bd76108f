"""Asking a witness for its cosignature: the client's side of https://c2sp.org/tlog-witness."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from builder.model.errors import RemoteError
from builder.net.exchange import AnswerBounds, Fetched, fetch, open_client
from builder.trust import note, seal
from builder.trust.checkpoint import TreeHead
from builder.trust.note import Note, SignatureLine, VerifierKey
from builder.trust.tiles import LogTree, ProofError

_BOUNDS = AnswerBounds(bytes=1 << 16, seconds=30.0, redirects=0)


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its key, and the address to submit checkpoints to ("": it is not asked)."""

    key: VerifierKey
    url: str = ""


def read_witness(text: str) -> Witness:
    """Read `KEY` or `KEY=URL`; ProofError if there is no key in it."""
    start = next((at for at in (text.find("=http://"), text.find("=https://")) if at >= 0), -1)
    if start < 0:
        return Witness(note.read_key(text))
    return Witness(note.read_key(text[:start]), text[start + 1 :].rstrip("/"))


def cosignatures_from(
    witness: Witness, signed: Note, head: TreeHead, tree: LogTree
) -> tuple[SignatureLine, ...]:
    """Return what a witness signs of a checkpoint; RemoteError if it refuses."""
    with open_client(witness.url) as http:
        answer = _add_checkpoint(http, witness, 0, signed, tree)
        if answer.status_code == httpx.codes.CONFLICT:
            size = _seen_size(answer, head)
            answer = _add_checkpoint(http, witness, size, signed, tree)
    if answer.status_code != httpx.codes.OK:
        reason = answer.body.decode("utf-8", "replace").strip()
        raise RemoteError(
            f"the witness {witness.key.name} does not cosign: "
            f"status {answer.status_code} {reason:.200}",
            help="the site can be sealed without it: leave out its address",
        )
    lines = note.read_signatures(answer.body.decode("utf-8", "replace"))
    good = seal.cosignatures_of(head.text, lines, [witness.key])
    if not good:
        raise RemoteError(f"the witness {witness.key.name} answered without its own cosignature")
    return good


def _add_checkpoint(
    http: httpx.Client, witness: Witness, old: int, signed: Note, tree: LogTree
) -> Fetched:
    body = seal.submission(old, tree.consistency_proof(old), signed)
    request = http.build_request("POST", f"{witness.url}/add-checkpoint", content=body)
    try:
        return fetch(http, request, _BOUNDS)
    except httpx.HTTPError as error:
        raise RemoteError(f"{witness.url}: {error or type(error).__name__}") from error


def _seen_size(answer: Fetched, head: TreeHead) -> int:
    try:
        size = int(answer.body)
    except ValueError as error:
        raise RemoteError("the witness does not tell which tree it has seen") from error
    if not 0 <= size <= head.size:
        raise ProofError(
            f"the witness has seen a tree of {size:,} entries, and this one has {head.size:,}",
            help="history was rewritten, or this is an older commit",
        )
    return size
