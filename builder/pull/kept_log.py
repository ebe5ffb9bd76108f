"""A registry's log, kept beside a copy: what is in the copy can be proved without asking anybody.

The folder has the signed checkpoint, the log's key, its tiles and its bundles of entries, as the
registry serves them. Only bundles are fetched: the tiles follow from them, and they lead to the
root that was signed, or nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.pull.folder_lock import changed_meanwhile
from builder.pull.item import Key
from builder.pull.registry import DOCUMENT, Freshness, Registry
from builder.runtime import atomic
from builder.trust import checkpoint, flat, leaf, note
from builder.trust.checkpoint import TreeHead
from builder.trust.leaf import LogLeaf
from builder.trust.merkle import HASH_BYTES
from builder.trust.note import VerifierKey
from builder.trust.tiles import (
    MAX_BUNDLE,
    WIDTH,
    LogTree,
    ProofError,
    bundle_path,
    entries_of,
    tile_path,
)

CHECKPOINT, KEY = "checkpoint", "key"
_AHEAD = 1 << 16
"""Changes that a log may be ahead of the copy: a deploy is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLog:
    """A log in a folder: the key that signed it, its head, and that signed checkpoint as it came."""

    folder: Path
    key: VerifierKey
    head: TreeHead
    body: bytes

    @property
    def tree(self) -> LogTree:
        """The tree of its tiles."""
        return LogTree(size=self.head.size, read=self._read)

    def leaf_hashes(self) -> bytes:
        """Return the hashes of all leaves, one after the other."""
        tiles = (
            tile_path(0, number, min(WIDTH, self.head.size - number * WIDTH))
            for number in range(-(-self.head.size // WIDTH))
        )
        return b"".join(map(self._read, tiles))

    def newest(self) -> dict[Key, tuple[int, LogLeaf]]:
        """Return the newest entry of every version, with its number; states are left out."""
        entries = {}
        for number, entry in enumerate(self._entries()):
            read = leaf.read(entry)
            if read.kind != leaf.STATE:
                entries[read.name, read.version] = (number, read)
        return entries

    def _entries(self) -> Iterator[bytes]:
        for number in range(-(-self.head.size // WIDTH)):
            width = min(WIDTH, self.head.size - number * WIDTH)
            yield from entries_of(self._read(bundle_path(number, width)))

    def _read(self, path: str) -> bytes:
        try:
            return self.folder.joinpath(*path.split("/")).read_bytes()
        except OSError as error:
            raise ProofError(
                f"the kept log has no {path}", help=f"remove {self.folder} and pull again"
            ) from error


def open_kept(folder: Path) -> KeptLog | None:
    """Return the log in a folder, None if none is kept there; ProofError if its key did not sign it.

    A run that was killed while it took over a new key leaves both: the one that signed counts.
    """
    try:
        keys = [note.read_key(line) for line in (folder / KEY).read_text().splitlines()]
        body = (folder / CHECKPOINT).read_bytes()
    except FileNotFoundError:
        return None
    signed = {(line.name, line.id) for line in note.read_note(body).signatures}
    key = next((key for key in keys if (key.name, key.id) in signed), keys[0])
    head, _ = checkpoint.read_signed(body, key)
    return KeptLog(folder=folder, key=key, head=head, body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedLog:
    """A registry's log that was fetched and verified, and is not kept yet; `before` is what was."""

    folder: Path
    before: KeptLog | None
    key: VerifierKey
    head: TreeHead
    body: bytes
    hashes: bytes
    bundles: Mapping[str, bytes]

    def is_overtaken(self) -> bool:
        """Return whether another run has kept as much since; the caller holds the copy's lock.

        Raises RegistryError if another run has kept less: whether that is the same log was not seen.
        """
        now = open_kept(self.folder)
        if (now and now.body) == (self.before and self.before.body):
            return False
        if now is None or now.head.size < self.head.size:
            raise changed_meanwhile()
        return True

    def keep(self) -> None:
        """Write it; the caller holds the copy's lock."""
        write(self.folder, str(self.key), self.body, self.hashes, self.bundles)


def fetch(
    registry: Registry, folder: Path, sha256: Mapping[str, str], changes: int
) -> FetchedLog | None:
    """Fetch what the registry's log has more than that in a folder; None if that is up to date.

    `sha256` has what trust metadata says of `log/checkpoint` and `log/key`, if there is any; `changes` is
    how many the copy has followed: a log has a leaf for each, and a state after it at most. Raises
    ProofError if another key signed it than before, if it does not extend what is kept, or if its
    entries do not lead to its root; Stale if the registry has no signed log.
    """
    before = open_kept(folder)
    public = note.read_key(_fetched(registry, "key", sha256).decode("utf-8", "replace"))
    # A new key is taken over only where trust metadata vouches for it.
    key = before.key if before and not sha256 else public
    body = _fetched(registry, CHECKPOINT, sha256)
    head, _ = checkpoint.read_signed(body, key)
    if before and before.body == body:
        return None
    # No signature takes the memory of who copies, nor does a number of changes that is a lie.
    if head.size > min(2 * (changes + _AHEAD), registry.max_bytes // HASH_BYTES):
        raise ProofError(f"the log has {head.size:,} entries, too many for {changes:,} changes")
    whole = before.head.size // WIDTH if before and before.head.size <= head.size else 0
    hashes = bytearray(before.leaf_hashes()[: whole * flat.TILE_BYTES] if before and whole else b"")
    bundles = {}
    for number in range(whole, -(-head.size // WIDTH)):
        width = min(WIDTH, head.size - number * WIDTH)
        path = bundle_path(number, width)
        bundles[path] = registry.unverified(f"log/{path}", MAX_BUNDLE)
        hashes += flat.leaf_hashes(entries_of(bundles[path]))
    leaves = bytes(hashes)
    if len(leaves) != head.size * HASH_BYTES or flat.root(leaves) != head.root:
        raise ProofError("the entries of the registry's log do not lead to its signed root")
    if before:
        require_extends(before.head, head, leaves)
    return FetchedLog(
        folder=folder, before=before, key=key, head=head, body=body, hashes=leaves, bundles=bundles
    )


def require_extends(before: TreeHead, head: TreeHead, hashes: bytes) -> None:
    """Raise ProofError unless a tree, by the hashes of its leaves, extends one that was seen before."""
    known = hashes[: before.size * HASH_BYTES]
    if before.origin != head.origin or before.size > head.size or flat.root(known) != before.root:
        raise rewritten(before, head)


def rewritten(before: TreeHead, head: TreeHead) -> ProofError:
    """Return what is told of a log that does not extend the one that was seen before."""
    return ProofError(
        f"the log of {head.size:,} entries does not extend the one of {before.size:,} seen before: "
        "its history was rewritten, or it is an old one",
        help="nothing was stored; ask the operator of the registry",
    )


def write(folder: Path, key: str, body: bytes, hashes: bytes, bundles: Mapping[str, bytes]) -> None:
    """Write a log: tiles first and the checkpoint last; partial tiles of before are removed."""
    wanted = {**dict(flat.tiles(hashes)), **bundles}
    for path, content in wanted.items():
        _write(folder / path, content)
    # Until the new checkpoint is there, that of before is to be read by its own key.
    before = folder.joinpath(KEY).read_text().split() if folder.joinpath(KEY).is_file() else []
    both = dict.fromkeys([key, *before])
    _write(folder / KEY, "".join(f"{line}\n" for line in both).encode())
    _write(folder / CHECKPOINT, body)
    _write(folder / KEY, f"{key}\n".encode())
    for partial in folder.glob("tile/**/*.p/*"):
        if partial.relative_to(folder).as_posix() not in wanted:
            partial.unlink()


def _write(path: Path, content: bytes) -> None:
    """Write a file unless it is there: what a killed run left can be of another history."""
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(path, content)


def _fetched(registry: Registry, name: str, sha256: Mapping[str, str]) -> bytes:
    path = f"log/{name}"
    if path not in sha256:
        return registry.unverified(path, DOCUMENT)
    with registry.file(path, sha256[path], Freshness.REVALIDATED, DOCUMENT) as file:
        return file.read()
