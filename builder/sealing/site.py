"""Sealing a built site: its tree is signed if it extends every tree that was signed before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.model.page_paths import ATTESTATION, NAMED_KEY
from builder.pull import prove
from builder.pull.site_files import FolderFiles, MissingFile, SiteReader, log_folder, open_site
from builder.runtime import atomic
from builder.sealing import kept
from builder.sealing.submission import Witness, cosignatures_from
from builder.trust import checkpoint, note, seal
from builder.trust.checkpoint import TreeHead
from builder.trust.note import Note, SignatureLine
from builder.trust.seal import LogKey
from builder.trust.tiles import LogTree, ProofError


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsealedLog:
    """The log of a built site: its folder below the site's, its head and its tree."""

    site: Path
    folder: str
    head: TreeHead
    tree: LogTree


def read_log(out: Path) -> UnsealedLog:
    """Read the log of a built site; ProofError if its tiles do not lead to its root."""
    site = FolderFiles(out)
    folder = log_folder(site)
    head = seal.read_head(site.read(f"{folder}/tree"))
    tree = prove.tree_of(site, folder, head.size)
    seal.require_whole(head, tree)
    return UnsealedLog(site=out, folder=folder, head=head, tree=tree)


def names_key(log: UnsealedLog, key: LogKey) -> bool:
    """Return whether a site names the key of its log; ProofError if it names another one.

    It has that from registry.yaml (log_key).
    """
    named = log.site / log.folder / NAMED_KEY
    text = named.read_text("utf-8", "replace").strip() if named.is_file() else ""
    if text and text != str(key.public):
        raise ProofError(
            f"registry.yaml names another key of the log, {text:.300}, than this one, {key.public}",
            help="sign with that one, or change log_key in registry.yaml and build anew",
        )
    return bool(text)


def signed_before(log: UnsealedLog, key: LogKey, deployed: str) -> list[Note]:
    """Return the checkpoints that the key signed before: the one kept, and the one deployed.

    `deployed` is an address or a folder, "" to ask none. Raises ProofError if one is not the key's,
    or if the log does not extend it.
    """
    bodies = [kept.read(log.site)]
    if deployed:
        with open_site(deployed) as site:
            bodies.append(_deployed(site))
    notes = []
    for body in filter(None, bodies):
        head, signed = checkpoint.read_signed(body, key.public)
        seal.require_extends(head, log.head, log.tree)
        notes.append(signed)
    return notes


def write_seal(
    log: UnsealedLog,
    key: LogKey,
    before: Sequence[Note],
    witnesses: Sequence[Witness],
    cosignatures: Sequence[SignatureLine],
) -> Note:
    """Sign the log, gather cosignatures, and write `checkpoint` and `key` into the site.

    Raises ProofError if a given cosignature is not one of the witnesses' for this very tree.
    """
    keys = [witness.key for witness in witnesses]
    known = seal.cosignatures_of(log.head.text, cosignatures, keys)
    if len(known) < len(cosignatures):
        raise ProofError(
            "a cosignature is not for this tree, or of no witness that was named",
            help="name the witness's key with --witness",
        )
    lines = [*(line for note in before for line in seal.still_good(note, log.head, keys)), *known]
    signed = seal.seal(log.head, key, lines)
    # Before anybody can see it: whatever happens next, no other tree of this size is signed.
    kept.write(log.site, str(signed).encode())
    for witness in witnesses:
        if witness.url:
            lines += cosignatures_from(witness, signed, log.head, log.tree)
    signed = seal.seal(log.head, key, lines)
    body = str(signed).encode()
    kept.write(log.site, body)
    # Of the checkpoint before this one.
    (log.site / log.folder).parent.joinpath(ATTESTATION).unlink(missing_ok=True)
    atomic.write(log.site / log.folder / "key", f"{key.public}\n".encode())
    atomic.write(log.site / log.folder / "checkpoint", body)
    return signed


def _deployed(site: SiteReader) -> bytes | None:
    try:
        return site.read(f"{log_folder(site)}/checkpoint")
    except MissingFile:
        return None  # the first time


def witness_names(signed: Note, witnesses: Sequence[Witness]) -> list[str]:
    """Return the names of the witnesses who cosigned, in order."""
    return sorted(key.name for key in note.verify(signed, [w.key for w in witnesses]))
