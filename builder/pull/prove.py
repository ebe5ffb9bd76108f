"""Proving from a site's files that its log has an entry: which key signed, which tree, which path.

The site is not trusted: every byte counts only if it leads to the root that a known key signed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from builder.model.errors import RegistryError
from builder.pull import item, kept_log, origin
from builder.pull.item import Item
from builder.pull.origin import OriginRow
from builder.pull.site_files import FolderFiles, MissingFile, SiteReader, log_folder
from builder.trust import checkpoint, leaf, lookup, note, proof
from builder.trust.checkpoint import TreeHead
from builder.trust.note import Note, VerifierKey
from builder.trust.proof import LogProof
from builder.trust.tiles import MAX_BUNDLE, LogTree, ProofError


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLog:
    """A site's log at the checkpoint that a key signed; `body` is that checkpoint as it came."""

    folder: str
    key: VerifierKey
    head: TreeHead
    note: Note
    body: bytes
    tree: LogTree


def published_key(site: SiteReader) -> VerifierKey:
    """Return the key that a site says is its log's: as good as the way by which it came.

    ProofError if it publishes none.
    """
    try:
        body = site.read(f"{log_folder(site)}/key")
    except MissingFile as error:
        raise _unsigned() from error
    return note.read_key(body.decode("utf-8", "replace"))


def open_log(site: SiteReader, key: VerifierKey) -> SignedLog:
    """Read the signed checkpoint of a site's log; ProofError if the key did not sign it."""
    folder = log_folder(site)
    try:
        body = site.read(f"{folder}/checkpoint")
    except MissingFile as error:
        raise _unsigned() from error
    head, signed = checkpoint.read_signed(body, key)
    return SignedLog(
        folder=folder,
        key=key,
        head=head,
        note=signed,
        body=body,
        tree=tree_of(site, folder, head.size),
    )


def _unsigned() -> ProofError:
    return ProofError(
        "the registry's log is not signed", help="its operator signs it with: mcp-registry seal"
    )


def tree_of(site: SiteReader, folder: str, size: int) -> LogTree:
    """Return the tree of a site's log: nothing of it is verified."""
    return LogTree(size=size, read=partial(_read_in, site, folder))


def prove_item(site: SiteReader, log: SignedLog, answer: Item) -> LogProof:
    """Prove that a version is what the log's newest entry of it says; ProofError if it is not."""
    name, version = answer.key
    places = lookup.find(partial(_read_in, site, log.folder), name)
    if version not in places:
        raise ProofError(f"the log's lookup has no version {version} of {name}")
    place = places[version]
    entry = place.leaf(name, version, hashlib.sha256(answer.body).hexdigest())
    return prove_entry(log, place.entry, entry)


def open_kept_log(folder: Path, key: VerifierKey | None) -> SignedLog:
    """Open the log that was kept with a copy; ProofError if there is none, or the key did not sign it."""
    kept = kept_log.open_kept(folder)
    if kept is None:
        raise ProofError(
            "no log is kept with this copy", help="keep it: mcp-registry pull URL --proofs"
        )
    head, signed = checkpoint.read_signed(kept.body, key or kept.key)
    return SignedLog(
        folder="", key=key or kept.key, head=head, note=signed, body=kept.body, tree=kept.tree
    )


def prove_kept(log: SignedLog, folder: Path, answer: Item) -> LogProof:
    """Prove a version of a copy by the log that was kept with it; ProofError if it is not in that."""
    kept = kept_log.open_kept(folder)
    newest = kept.newest() if kept else {}
    if answer.key not in newest:
        raise ProofError(f"the kept log has no entry of {' '.join(answer.key)}")
    index, known = newest[answer.key]
    entry = leaf.event(
        sequence=known.sequence,
        time=known.time,
        kind=known.kind,
        name=known.name,
        version=known.version,
        sha256=hashlib.sha256(answer.body).hexdigest(),
    )
    return prove_entry(log, index, entry)


def prove_entry(log: SignedLog, index: int, entry: bytes) -> LogProof:
    """Prove that the entry of a number is this one; ProofError if the log has another there."""
    hashes = tuple(log.tree.inclusion_proof(index))
    proved = LogProof(entry=entry, index=index, hashes=hashes, checkpoint=log.body)
    try:
        proved.verify(log.key)
    except ProofError as error:
        raise ProofError(
            f"entry {index:,} of the log is another one: what you have is not what was published",
            help="it was altered, or it is not the version's newest state: fetch it again",
        ) from error
    return proved


def fetch_version(site: SiteReader, name: str, version: str) -> Item:
    """Read a version's document ("latest" for the latest) from a site."""
    path = f"v0.1/servers/{name}/versions/{version}"
    if isinstance(site, FolderFiles):
        path += "/index.json"
    else:
        path = f"v0.1/servers/{name}/versions/{quote(version, safe='')}"
    try:
        return item.read(site.read(path))
    except MissingFile as error:
        raise RegistryError(f"the registry has no {name} in version {version}") from error


def find_origin(site: SiteReader, key: VerifierKey) -> OriginRow | None:
    """Return the row of a key's log if a site is a mirror of that; None if the key is of its own log."""
    if _signed_head(site).startswith(f"{key.name}\n".encode()):
        return None
    try:
        rows = origin.read_index(site.read(_origins_path(site, origin.INDEX)))
    except MissingFile:
        return None
    return next((row for row in rows if row.log == key.name), None)


def prove_origin(site: SiteReader, key: VerifierKey, row: OriginRow, answer: Item) -> LogProof:
    """Prove that a mirrored version is what its origin published; ProofError if it is not."""
    folder = _origins_path(site, row.url)
    body = site.read(f"{folder}/checkpoint")
    head, signed = checkpoint.read_signed(body, key)
    tree = tree_of(site, folder, head.size)
    log = SignedLog(folder=folder, key=key, head=head, note=signed, body=body, tree=tree)
    kept = origin.entry_of(answer)
    if kept.log != key.name:
        raise ProofError(f"this version comes from {kept.log}, not from {key.name}")
    return prove_entry(log, kept.index, kept.entry)


def _signed_head(site: SiteReader) -> bytes:
    try:
        return site.read(f"{log_folder(site)}/checkpoint")
    except MissingFile:
        return b""


def _origins_path(site: SiteReader, path: str) -> str:
    return f"{log_folder(site).rpartition('/')[0]}/{origin.FOLDER}/{path}"


def read_proof(body: bytes, key: VerifierKey) -> LogProof:
    """Read and verify a proof that somebody saved: nothing else is asked."""
    saved = proof.read(body)
    saved.verify(key)
    return saved


def _read_in(site: SiteReader, folder: str, path: str) -> bytes:
    return site.read(f"{folder}/{path}", MAX_BUNDLE)
