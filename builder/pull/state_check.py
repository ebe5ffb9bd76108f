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
from builder.trust.tiles import MAX_BUNDLE, LogTree, ProofError

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
    """Return the sequence number of the last leaf and the newest state, both proved."""
    last = 0
    for index in range(tree.size - 1, -1, -1):
        entry = leaf.read(tree.entry(index))
        last = last or entry.sequence
        if index == tree.size - 1 or entry.kind == leaf.STATE:
            _require_proved(tree, index, root)
        if entry.kind == leaf.STATE:
            return last, entry
    return last, None


def _require_proved(tree: LogTree, index: int, root: bytes) -> None:
    digest = merkle.leaf_hash(tree.entry(index))
    if not merkle.proves_inclusion(digest, index, tree.size, tree.inclusion_proof(index), root):
        raise ProofError(f"entry {index:,} of the registry's log does not lead to its signed root")
