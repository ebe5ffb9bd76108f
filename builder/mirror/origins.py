"""What a mirror of a registry of ours keeps, so that it can show that an entry is its origin's.

Each version gets its place in the origin's log with the other blocks of its `_meta`; what has one
already, from an origin further back, keeps that. The origins' checkpoints, keys and tiles stand in
`origins/`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.pull import kept_log, origin
from builder.pull.item import text_of
from builder.pull.kept_log import KeptLog
from builder.pull.registry import DOCUMENT, Registry, Stale
from builder.trust import checkpoint, flat, note
from builder.trust.merkle import HASH_BYTES
from builder.trust.tiles import MAX_BUNDLE, WIDTH, ProofError, tile_path


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginLog:
    """The log of an upstream, and the extension namespace of that."""

    kept: KeptLog
    namespace: str


def with_places(bodies: Iterable[str], log: OriginLog) -> Iterator[dict[str, Any]]:
    """Yield versions with their place in the upstream's log.

    One whose bytes cannot be made again from what a mirror keeps, such as a number in an unusual
    form, is passed on without. Raises ProofError if one is not what the log's newest entry says.
    """
    newest = log.kept.newest()
    for body in bodies:
        response = json.loads(body)
        meta = response["_meta"]
        key = (text_of(response["server"]["name"]), text_of(response["server"]["version"]))
        if not origin.is_kept(meta) and key in newest:
            index, entry = newest[key]
            if hashlib.sha256(body.encode()).hexdigest() != entry.sha256:
                raise ProofError(
                    f"{' '.join(key)} is not what the log of {log.kept.head.origin} has of it"
                )
            stored = json.dumps(response["server"], separators=(",", ":"), ensure_ascii=False)
            if origin.origin_body(stored, meta) == body.encode():
                name = f"{log.namespace}{origin.SUFFIX}"
                meta[name] = origin.block(log.kept.head.origin, index, entry, meta)
        yield response


def keep(root: Path, log: OriginLog, registry: Registry) -> None:
    """Bring `origins/` of a repository up to the upstream's log, and to those that it keeps itself.

    Raises ProofError, with nothing of that log changed, if one does not extend what is here.
    """
    kept = log.kept
    _write(root, str(kept.key), kept.body, kept.leaf_hashes())
    try:
        rows = origin.read_index(registry.unverified(f"{origin.FOLDER}/{origin.INDEX}", DOCUMENT))
    except Stale:
        return  # it mirrors no registry of ours
    for row in rows:
        _take_over(root, row, registry)


def _take_over(root: Path, row: origin.OriginRow, registry: Registry) -> None:
    """Copy the tiles of an origin further back, of which the upstream is a mirror."""
    folder = f"{origin.FOLDER}/{row.url}"
    key = note.read_key(registry.unverified(f"{folder}/key", DOCUMENT).decode("utf-8", "replace"))
    body = registry.unverified(f"{folder}/checkpoint", DOCUMENT)
    head, _ = checkpoint.read_signed(body, key)
    here = kept_log.open_kept(root / origin.FOLDER / origin.folder_of(head.origin))
    if here and here.body == body:
        return
    whole = here.head.size // WIDTH if here and here.head.size <= head.size else 0
    hashes = here.leaf_hashes()[: whole * flat.TILE_BYTES] if here else b""
    for number in range(whole, -(-head.size // WIDTH)):
        width = min(WIDTH, head.size - number * WIDTH)
        hashes += registry.unverified(f"{folder}/{tile_path(0, number, width)}", MAX_BUNDLE)
    if len(hashes) != head.size * HASH_BYTES or flat.root(hashes) != head.root:
        raise ProofError(f"the tiles of {head.origin} at {registry.url} do not lead to its root")
    _write(root, str(key), body, hashes)


def _write(root: Path, key: str, body: bytes, hashes: bytes) -> None:
    head, _ = checkpoint.read_signed(body, note.read_key(key))
    folder = root / origin.FOLDER / origin.folder_of(head.origin)
    here = kept_log.open_kept(folder)
    if here:
        kept_log.require_extends(here.head, head, hashes)
    if not here or here.body != body:
        kept_log.write(folder, key, body, hashes, {})
