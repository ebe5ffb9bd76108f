"""The Merkle tree of the change log as it grows: one full tile of 256 leaves after the other.

The leaves are the events in their order and, after each commit that changed it, what the registry
then held (trust/leaf.py). Of the tiles before the last one only their roots are in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from builder.cache.memo import Memo
from builder.catalogue.change_log import LENGTH, Log
from builder.catalogue.server import Event
from builder.model import timestamp
from builder.trust import flat, leaf
from builder.trust.tiles import WIDTH

_MEMO = "tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class FullTile:
    """A full tile of leaves that was made just now, and its root in hex."""

    number: int
    root: str
    leaves: list[bytes]
    hashes: bytes


@dataclass(slots=True)
class GrowingTree:
    """A tree of the events before some place: `roots` of its full tiles, in hex, and its `last` leaves.

    `starts` has the position of the event with which each tile starts, and of the one with which the
    tile starts that is not full yet.
    """

    events: Log
    namespace: str
    roots: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    last: list[bytes] = field(default_factory=list)

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self.roots) * WIDTH + len(self.last)

    @property
    def full_roots(self) -> bytes:
        """The roots of the full tiles, one after the other."""
        return bytes.fromhex("".join(self.roots))

    @property
    def last_hashes(self) -> bytes:
        """The hashes of the leaves after the full tiles."""
        return flat.leaf_hashes(self.last)

    @property
    def root(self) -> bytes:
        """The root of the whole tree."""
        # Tiles are full trees of 256 leaves: the tree over their roots goes on above them.
        last = flat.root(self.last_hashes) if self.last else b""
        return flat.root(self.full_roots + last)

    def grow(self, start: int, stop: int) -> Iterator[FullTile]:
        """Take in the events [start, stop), and yield each tile that becomes full."""
        for position, event in enumerate(self.events[start:stop], start):
            known = self.events.item_digest(self.namespace, position)
            self.last += leaves(event, self.namespace, known)
            if len(self.last) >= WIDTH:
                yield self._complete(position)

    def leaves_of(self, number: int) -> list[bytes]:
        """Return the leaves of a full tile, made anew."""
        events = self.events[self.starts[number] : self.starts[number + 1] + 1]
        return self._leaves_from(events, number * WIDTH)[:WIDTH]

    def resume(self, stop: int) -> None:
        """Make the last leaves, up to the event at `stop`, of a tree of which the rest is known."""
        self.last = self._leaves_from(self.events[self.starts[-1] : stop], len(self.roots) * WIDTH)

    def _leaves_from(self, events: list[Event], first: int) -> list[bytes]:
        made = [body for event in events for body in leaves(event, self.namespace)]
        return made[first - events[0].version.logged.number :] if events else []

    def _complete(self, position: int) -> FullTile:
        body, self.last = self.last[:WIDTH], self.last[WIDTH:]
        hashes = flat.leaf_hashes(body)
        tile = FullTile(
            number=len(self.roots), root=flat.root(hashes).hex(), leaves=body, hashes=hashes
        )
        self.roots.append(tile.root)
        # The next tile may begin with the state that follows the event.
        self.starts.append(position if self.last else position + 1)
        return tile


def resumed(events: Log, namespace: str, memo: Memo) -> tuple[GrowingTree, int]:
    """Return the tree that the last build made, or an empty one, and how many events it has.

    It has those of whole blocks: all whole blocks that there are now, or all but one.
    """
    whole = len(events) // LENGTH * LENGTH
    for stop in (whole, whole - LENGTH):
        columns = memo.previous_value(_MEMO, events.fingerprint(0, stop)) if stop > 0 else None
        if columns:
            roots, starts = columns
            tree = GrowingTree(events, namespace, [*roots], [*starts])
            tree.resume(stop)
            return tree, stop
    return GrowingTree(events, namespace), 0


def grow_to_end(tree: GrowingTree, start: int, memo: Memo) -> Iterator[FullTile]:
    """Take in all events from `start`, yield the tiles that become full, keep the tree for the next build."""
    events = tree.events
    whole = len(events) // LENGTH * LENGTH
    yield from tree.grow(start, whole)
    # Copies: what is in the memo must not grow with the tree.
    memo.value(_MEMO, events.fingerprint(0, whole), lambda: [[*tree.roots], [*tree.starts]])
    yield from tree.grow(whole, len(events))


def leaves(event: Event, namespace: str, known: bytes = b"") -> tuple[bytes, ...]:
    """Return the leaf of an event and, if the registry's state is known after it, that of the state.

    `known` is the SHA-256 of the event's item, if that was made before in this build.
    """
    version, time = event.version, timestamp.render(event.time)
    own = leaf.event(
        sequence=event.sequence,
        time=time,
        kind=event.kind.value,
        name=version.name,
        version=version.version,
        sha256=(known or hashlib.sha256(version.item(namespace)).digest()).hex(),
    )
    if not event.state:
        return (own,)
    return own, leaf.state(sequence=event.sequence, time=time, sha256=event.state)
