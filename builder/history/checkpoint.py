"""A replay that can go on where it stopped: history's state <-> blocks of the cache.

Servers are kept in runs (records.py), so that one more version renews one block. Events are only
ever appended: each block of them holds 1,024, and only the last one is written again. How servers and
events are written is in stored_rows.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial

from builder.cache.store import Cache, decode, encode
from builder.catalogue import change_log
from builder.catalogue import runs as catalogue_runs
from builder.catalogue.change_log import Log
from builder.catalogue.server import Event
from builder.history.grants import Grants
from builder.history.overlays import PatternOverlays
from builder.history.records import Kept, Shelf
from builder.history.renames import Renames
from builder.history.state import State
from builder.history.statuses import Statuses
from builder.history.stored_rows import (
    ReadBlobs,
    pack_events,
    pack_servers,
    read_servers,
    unpack_events,
)
from builder.model.blocks import Block
from builder.model.forges import AccountNamespaces
from builder.policy.blocks import Blocks
from builder.trust.state import GROUPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where a replay stands, and the blocks of the cache that hold what it made.

    `time` is the state's, in nanoseconds since 1970. `servers` are the blocks of the runs of
    servers, `counts` is a block with the number of versions of each; `events` are the blocks of
    the change log, which has `events_count` events; `patterns` is one with the overlays by pattern
    and the renames, `blocked` is one with blocks.yaml and what registry.yaml grants. `statuses` are the blocks of the groups of
    servers whose statuses are hashed together ("": an empty group), `status_digests` is one with
    the digests of the groups.
    """

    commit: str
    time: int
    servers: tuple[str, ...]
    counts: str
    events: tuple[str, ...]
    events_count: int
    patterns: str
    blocked: str
    statuses: tuple[str, ...]
    status_digests: str

    def blocks(self) -> Iterator[str]:
        """Yield the name of every block."""
        yield from (*self.servers, self.counts, *self.events, self.patterns, self.blocked)
        yield from filter(None, (*self.statuses, self.status_digests))


def save(
    cache: Cache, state: State, previous: Checkpoint | None, touched: Collection[str]
) -> Checkpoint:
    """Write a state into the cache and return its checkpoint.

    `previous` is that of the state that this one was carried on from (None: of nothing),
    `touched` the servers that changed since.
    """
    runs = catalogue_runs.runs(state.servers)
    kept, changed = state.servers.blocks(), frozenset(touched)
    servers = (
        kept[run]
        if run in kept and changed.isdisjoint(run)
        else cache.write(pack_servers(state.servers, run))
        for run in runs
    )
    versions = state.servers.counts()
    counts = [
        [[name, versions[name], state.servers.is_blocked(name)] for name in run] for run in runs
    ]
    return Checkpoint(
        commit=state.commit,
        time=state.time,
        servers=tuple(servers),
        counts=cache.write(encode(counts)),
        events=_append_events(cache, state.events, previous),
        events_count=len(state.events),
        patterns=cache.write(encode([state.patterns.rows, state.renames.rows])),
        blocked=cache.write(encode(_blocked_rows(state))),
        statuses=_save_statuses(cache, state.statuses, previous),
        status_digests=cache.write(b"".join(state.statuses.digests)),
    )


def load(cache: Cache, checkpoint: Checkpoint, blobs: ReadBlobs) -> State:
    """Return a saved state, of which servers and events are read when they are asked for.

    `blobs` reads blobs of the repository. Raises UnusableCache if a block is not what it was, here
    or where it is read.
    """
    counts = decode(cache.read(checkpoint.counts))
    patterns, renames = decode(cache.read(checkpoint.patterns))
    blocks, accounts, internal = decode(cache.read(checkpoint.blocked))
    kept = (
        Kept(
            block=block,
            counts={name: count for name, count, _ in rows},
            blocked=frozenset(name for name, _, is_blocked in rows if is_blocked),
            read=partial(read_servers, cache, block, blobs),
        )
        for block, rows in zip(checkpoint.servers, counts, strict=True)
    )
    return State(
        commit=checkpoint.commit,
        time=checkpoint.time,
        servers=Shelf(kept),
        events=_change_log(cache, checkpoint, blobs),
        patterns=PatternOverlays(patterns),
        renames=Renames(renames),
        blocks=Blocks(Block.model_validate(row) for row in blocks),
        grants=Grants(
            accounts=tuple(AccountNamespaces(**row) for row in accounts), internal=tuple(internal)
        ),
        statuses=_statuses(cache, checkpoint),
    )


def _blocked_rows(state: State) -> list[object]:
    blocks = [block.model_dump() for block in state.blocks.rows]
    accounts = [asdict(row) for row in state.grants.accounts]
    return [blocks, accounts, list(state.grants.internal)]


def _save_statuses(
    cache: Cache, statuses: Statuses, previous: Checkpoint | None
) -> tuple[str, ...]:
    """Write the groups that were read, and so may have changed; return the blocks of all."""
    blocks = list(previous.statuses) if previous else [""] * GROUPS
    for number in range(GROUPS):
        group = statuses.group(number)
        if group is not None:
            rows = {name: digest.hex() for name, digest in group.items()}
            blocks[number] = cache.write(encode(rows)) if rows else ""
    return tuple(blocks)


def _statuses(cache: Cache, checkpoint: Checkpoint) -> Statuses:
    def read(number: int) -> dict[str, bytes]:
        block = checkpoint.statuses[number]
        rows = decode(cache.read(block)) if block else {}
        return {name: bytes.fromhex(digest) for name, digest in rows.items()}

    digests = cache.read(checkpoint.status_digests)
    return Statuses([digests[at : at + 32] for at in range(0, len(digests), 32)], read)


def _change_log(cache: Cache, checkpoint: Checkpoint, blobs: ReadBlobs) -> Log:
    blocks = checkpoint.events

    @lru_cache(maxsize=2)
    def read(number: int) -> list[Event]:
        return unpack_events(cache.read(blocks[number]), number * change_log.LENGTH, blobs)

    return Log(first=checkpoint.events_count, blocks=blocks, read=read)


def _append_events(
    cache: Cache, events: Sequence[Event], previous: Checkpoint | None
) -> tuple[str, ...]:
    """Write the events that are in no whole block yet; return the blocks of all."""
    whole = previous.events_count // change_log.LENGTH if previous else 0
    written = (
        cache.write(pack_events(events[start : start + change_log.LENGTH]))
        for start in range(whole * change_log.LENGTH, len(events), change_log.LENGTH)
    )
    return (*(previous.events[:whole] if previous else ()), *written)
