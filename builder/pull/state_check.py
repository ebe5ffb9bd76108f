"""Whether a copy holds what the registry's log says that the registry holds: its newest state leaf.

The log itself must extend the one that was seen in the last run.
"""

from __future__ import annotations

from builder.model.errors import RemoteError
from builder.pull.kept_log import rewritten
from builder.pull.registry import DOCUMENT, Freshness, Registry
from builder.pull.staging import Staging
from builder.trust import checkpoint, leaf, merkle, note, state
from builder.trust.checkpoint import TreeHead
from builder.trust.leaf import LogLeaf
from builder.trust.tiles import MAX_BUNDLE, WIDTH, LogTree, ProofError

CHECKPOINT = "log/checkpoint"


def require_state(
    registry: Registry, copy: Staging, sha256: str, before: TreeHead | None
) -> TreeHead:
    """Return the log's head; ProofError unless a copy has the names, versions and statuses that it states.

    `sha256` is what trust metadata says of the log's checkpoint, `before` the head of the last run:
    ProofError too if the log does not extend that. Raises RegistryError if another run has changed
    the copy meanwhile, RemoteError if the log is of another moment: a deploy is under way.
    """
    with registry.file(CHECKPOINT, sha256, Freshness.REVALIDATED, DOCUMENT) as file:
        head = checkpoint.read_text(note.read_note(file.read()).text)
    tree = LogTree(size=head.size, read=lambda path: registry.unverified(f"log/{path}", MAX_BUNDLE))
    if before is not None:
        _require_extends(before, head, tree)
    last, newest = _last_leaves(tree, head.root)
    if last != copy.position.sequence:
        raise RemoteError(
            f"the registry's log is at change {last:,}, and the copy is at {copy.position.sequence:,}",
            help="a deploy is under way: try again in some minutes",
        )
    if newest is not None and state.of_registry(copy.statuses()) != newest.sha256:
        copy.require_unchanged()
        raise ProofError(
            f"the copy does not hold what the registry's log states after change {newest.sequence:,}",
            help="nothing was stored; begin a new copy with another --out, and if that fails too, "
            "ask the operator of the registry",
        )
    return head


def _require_extends(before: TreeHead, head: TreeHead, tree: LogTree) -> None:
    """Raise ProofError unless a log has all that was seen, whatever address it has now."""
    if before.size > head.size or not merkle.proves_consistency(
        before.size, head.size, tree.consistency_proof(before.size), before.root, head.root
    ):
        raise rewritten(before, head)


def _last_leaves(tree: LogTree, root: bytes) -> tuple[int, LogLeaf | None]:
    """Return the sequence number of the last leaf and the newest state.

    Every leaf from there to the end is proved: one that is passed over may be no state in disguise.
    """
    last = 0
    for index in range(tree.size - 1, -1, -1):
        body = tree.entry(index)
        _require_proved(tree, index, body, root)
        entry = leaf.read(body)
        last = last or entry.sequence
        if entry.kind == leaf.STATE:
            return last, entry
    return last, None


def _require_proved(tree: LogTree, index: int, entry: bytes, root: bytes) -> None:
    """Raise ProofError unless an entry is the tree's; the last one of a tile is asked about first."""
    digest = merkle.leaf_hash(entry)
    if index % WIDTH == WIDTH - 1 or index == tree.size - 1:
        # The way to the root is made of all hashes of the tile: with this one the others are proved.
        way = tree.inclusion_proof(index)
        is_proved = merkle.proves_inclusion(digest, index, tree.size, way, root)
    else:
        is_proved = digest == tree.range_hash(index, index + 1)
    if not is_proved:
        raise ProofError(f"entry {index:,} of the registry's log does not lead to its signed root")
