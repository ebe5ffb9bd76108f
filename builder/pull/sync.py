"""Bringing a copy in step with its registry: snapshot first, then the change log, in order.

The copy moves forward only, by whole verified events, and each step is stored together with how
far it leads: killed anywhere, the next run goes on from there. A cache may hold files of
different generations, or old ones. What does not fit together is asked for again from the head
on, each time harder (registry.Freshness); what fits is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from builder.model.errors import RemoteError
from builder.pull import change_log, snapshot
from builder.pull.change_log import LoggedChange
from builder.pull.head import INDEX_FILE, SNAPSHOT_FILE, Head, Row, rows
from builder.pull.position import Position
from builder.pull.registry import SHARD, SNAPSHOT, Freshness, Registry, Stale
from builder.pull.store import Store
from builder.runtime import gunzip

FOLDER = "changes/"
BATCH = 4096
"""Changes to apply at once: bounds memory, and how often a file is rewritten."""

_LATER = "a deploy is under way or a cache is old: try again in some minutes"
_ADDRESS = "make sure that this is the address of a registry made with mcp-registry, without /v0.1"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: sequence numbers before and after, and whether it began with a snapshot."""

    before: int
    after: int
    from_snapshot: bool


def sync(registry: Registry, store: Store) -> Summary:
    """Bring a copy to its registry's head.

    Raises RemoteError if the registry does not answer, if its caches do not fit together however
    they are asked, or if its history is not the one that the copy was made from. What could be
    verified until then is in the copy.
    """
    before = store.position.sequence
    from_snapshot = False
    for freshness in Freshness:
        try:
            from_snapshot |= _round(registry, store, freshness)
            return Summary(before, store.position.sequence, from_snapshot)
        except Stale as error:
            stale = error
    raise RemoteError(
        f"{stale.message}; the copy is whole as of change {store.position.sequence}",
        help=_LATER if store.position.sequence else f"{_ADDRESS}; or {_LATER}",
    ) from stale


def _round(registry: Registry, store: Store, freshness: Freshness) -> bool:
    """Go once from the head on; return whether a snapshot was stored."""
    head = _newer_head(registry, store.position, freshness)
    if head is None:
        return False
    started = store.position.sequence == 0 and _start(registry, store, head, freshness)
    if store.position.sequence < head.sequence:
        changes = _new_changes(registry, head, store.position, freshness)
        _store(registry, store, head, changes)
    _require_reached(store.position, head)
    _store_whereabouts(registry, store, head)
    return started


def _newer_head(registry: Registry, position: Position, freshness: Freshness) -> Head | None:
    """Return the registry's head, None if it is the one that the copy has reached."""
    known = position if position.url == registry.url else Position()
    # An address that was good the last time, unless it is what does not fit together.
    registry.head_url = (known.head or registry.head_url) if freshness is Freshness.ANY else ""
    head = registry.head(freshness, known.etag, position.sequence)
    if head is not None and head.sequence < position.sequence:
        raise Stale(f"the registry's head is at change {head.sequence}, behind the copy")
    return head


def _start(registry: Registry, store: Store, head: Head, freshness: Freshness) -> bool:
    """Begin the copy with the snapshot; return whether there was one that fits the head."""
    try:
        file = registry.file(SNAPSHOT_FILE, head.sha256[SNAPSHOT_FILE], freshness, SNAPSHOT)
    except Stale:
        if freshness is not Freshness.UNCACHED:
            raise
        return False  # The change log from its beginning gives the same, only slower.
    with file:
        store.start(snapshot.items(file, head.sequence), _reached(registry, head))
    return True


def _new_changes(
    registry: Registry, head: Head, position: Position, freshness: Freshness
) -> Iterator[LoggedChange]:
    """Yield the changes after a position, each verified to follow the one before."""
    for shard in _shards(registry, head, position.sequence, freshness):
        yield from _unseen(shard, position)
        position = replace(position, sequence=shard[-1].sequence, event=shard[-1].digest)


def _store(registry: Registry, store: Store, head: Head, changes: Iterable[LoggedChange]) -> None:
    """Apply changes in batches; where they break off, what came until then is in the copy."""
    batch: list[LoggedChange] = []
    try:
        for change in changes:
            batch.append(change)
            if len(batch) >= BATCH:
                complete, batch = batch, []
                _apply(registry, store, head, complete)
    finally:
        _apply(registry, store, head, batch)


def _require_reached(position: Position, head: Head) -> None:
    """Raise Stale if the log ended before its head, RemoteError if it is another log's."""
    if position.sequence != head.sequence:
        raise Stale(
            f"the change log ends at {position.sequence}, and its head is at {head.sequence}"
        )
    _require_same(position.event, head.event, head.sequence)


def _store_whereabouts(registry: Registry, store: Store, head: Head) -> None:
    """Note at which address and with which tag the head was read, for the next run."""
    store.apply((), _reached(registry, head))


def _shards(
    registry: Registry, head: Head, sequence: int, freshness: Freshness
) -> Iterator[tuple[LoggedChange, ...]]:
    """Return the shards from the one on that has the event of this number: it must be known."""
    for row in _rows(registry, head, sequence, freshness):
        with registry.file(FOLDER + row.url, row.sha256, freshness, SHARD) as file:
            body = file.read()
        yield change_log.read(_unpacked(body) if row.url.endswith(".gz") else body, head.change)


def _unpacked(body: bytes) -> bytes:
    """Return the text of a full shard of a lean site, which is gzip; RemoteError if it is none."""
    try:
        return gunzip.text_of(body, SHARD)
    except ValueError as error:
        raise RemoteError(f"a shard of the change log cannot be read: {error}") from error


def _rows(registry: Registry, head: Head, sequence: int, freshness: Freshness) -> Iterator[Row]:
    for row in head.newest:
        if row.first <= max(sequence, 1):
            yield row
            return
    index = registry.json(INDEX_FILE, head.sha256[INDEX_FILE], freshness)
    tables = [index]
    if "parts" in index:
        parts = (part for part in rows(index["parts"]) if part.last >= sequence)
        tables = [registry.json(FOLDER + p.url, p.sha256, freshness) for p in parts]
    for table in tables:
        yield from (row for row in rows(table.get("shards")) if row.last >= sequence)


def _unseen(changes: Sequence[LoggedChange], position: Position) -> Sequence[LoggedChange]:
    for change in changes:
        if change.sequence == position.sequence:
            _require_same(position.event, change.digest, change.sequence)
    numbers = [change.sequence for change in changes]
    first = min(numbers, default=0)
    if numbers != list(range(first, first + len(numbers))) or not (
        0 < first <= position.sequence + 1 <= first + len(numbers)
    ):
        raise RemoteError(f"the change log has a gap after change {position.sequence}")
    return changes[position.sequence + 1 - first :]


def _require_same(ours: str, theirs: str, sequence: int) -> None:
    if ours != theirs:
        raise RemoteError(
            f"the registry's change {sequence} is not the one that this copy was made from: "
            "its history was rewritten, or this is another registry",
            help="make sure that the address is right, then start a new copy with another --out",
        )


def _reached(registry: Registry, head: Head) -> Position:
    return Position(registry.url, head.sequence, head.event, head.etag, registry.head_url)


def _apply(registry: Registry, store: Store, head: Head, batch: Sequence[LoggedChange]) -> None:
    if batch:
        newest = batch[-1]
        store.apply(
            batch,
            Position(
                url=registry.url,
                sequence=newest.sequence,
                event=newest.digest,
                etag=head.etag if newest.sequence == head.sequence else "",
                head=registry.head_url,
            ),
        )
