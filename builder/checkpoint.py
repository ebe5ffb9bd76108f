"""A replay that can go on where it stopped: history's state <-> blocks of the cache.

Servers are kept in runs (shelf.py), so that one more version renews one block. Events are only
ever appended: each block of them holds 1,024, and only the last one is written again. Documents
are not kept: a blob's id stands for one, and git has it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from builder import document, log, shelf
from builder.cache import Cache, decode, encode
from builder.catalogue import ChangeKind, Event, Version
from builder.history import State
from builder.log import Log
from builder.shelf import Kept, Record, Run, Shelf
from builder.sidecar import Status

Root = Mapping[str, Any]
ReadBlobs = Callable[[Iterable[str]], Iterable[tuple[str, bytes]]]
Documents = Mapping[str, bytes]
"""The document of each blob, compact."""
EMPTY: Root = {"events": [], "events_count": 0}


def save(cache: Cache, state: State, old: Root, touched: Collection[str]) -> Root:
    """Write a state and give the part of a root that names its blocks.

    `old` is what `save` gave for the state that this one was carried on from (EMPTY: none),
    `touched` the servers that changed since.
    """
    runs = shelf.runs(state.servers)
    kept, changed = state.servers.blocks(), frozenset(touched)
    servers = [
        kept[run]
        if run in kept and changed.isdisjoint(run)
        else cache.write(_pack_servers(state.servers, run))
        for run in runs
    ]
    counts = [[[name, state.servers.count(name)] for name in run] for run in runs]
    return {
        "commit": state.commit,
        "time": state.time,
        "servers": servers,
        "counts": cache.write(encode(counts)),
        **_append_events(cache, state.events, old),
    }


def load(cache: Cache, root: Root, blobs: ReadBlobs) -> State:
    """Give a saved state, of which servers and events are read when they are asked for.

    `blobs` reads blobs of the repository. cache.Unusable if a block is not what it was, here or
    where it is read.
    """
    kept = (
        Kept(block=block, counts=dict(counts), read=partial(_read_servers, cache, block, blobs))
        for block, counts in zip(root["servers"], decode(cache.read(root["counts"])), strict=True)
    )
    events = _change_log(cache, root, blobs)
    return State(commit=root["commit"], time=root["time"], servers=Shelf(kept), events=events)


def _change_log(cache: Cache, root: Root, blobs: ReadBlobs) -> Log:
    blocks = root["events"]

    @lru_cache(maxsize=2)
    def read(number: int) -> list[Event]:
        return _unpack_events(cache.read(blocks[number]), number * log.LENGTH, blobs)

    return Log(first=root["events_count"], blocks=blocks, read=read)


def version_row(version: Version) -> list[Any]:
    """Give everything about a version but its name; the blob's id stands for the document."""
    # Only a tombstone has no blob; its document is short.
    return [
        version.version,
        version.blob,
        version.status.value,
        version.status_message,
        version.published,
        version.status_changed,
        version.updated,
        version.is_latest,
        version.source,
        version.meta.decode(),
        "" if version.blob else version.document.decode(),
    ]


def _append_events(cache: Cache, events: Sequence[Event], old: Root) -> dict[str, Any]:
    full = old["events_count"] // log.LENGTH
    blocks = [
        cache.write(_pack_events(events[start : start + log.LENGTH]))
        for start in range(full * log.LENGTH, len(events), log.LENGTH)
    ]
    return {"events": [*old["events"][:full], *blocks], "events_count": len(events)}


def _pack_servers(servers: Shelf, run: Run) -> bytes:
    rows = []
    for name in run:
        record = servers[name]
        versions = [version_row(version) for version in record.versions.values()]
        rows.append([name, record.status, record.upstream, [*record.entries.items()], versions])
    return encode(rows)


def _read_servers(cache: Cache, block: str, blobs: ReadBlobs) -> dict[str, Record]:
    rows = decode(cache.read(block))
    documents = _documents(blobs, (row[1] for *_, versions in rows for row in versions))
    return {
        name: Record(
            entries=dict(entries),
            status=status,
            upstream=upstream,
            versions={row[0]: _version(name, row, documents) for row in versions},
        )
        for name, status, upstream, entries, versions in rows
    }


def _pack_events(events: Sequence[Event]) -> bytes:
    return encode(
        [[one.time, one.kind.value, one.version.name, version_row(one.version)] for one in events]
    )


def _unpack_events(data: bytes, before: int, blobs: ReadBlobs) -> list[Event]:
    rows = decode(data)
    documents = _documents(blobs, (row[1] for *_, row in rows))
    return [
        Event(
            sequence=sequence,
            time=time,
            kind=ChangeKind(kind),
            version=_version(name, row, documents),
        )
        for sequence, (time, kind, name, row) in enumerate(rows, before + 1)
    ]


def _documents(read: ReadBlobs, blobs: Iterable[str]) -> Documents:
    wanted = dict.fromkeys(filter(None, blobs))
    return {blob: document.compact(data).text for blob, data in read(wanted)} if wanted else {}


_STATUS = {status.value: status for status in Status}


def _version(name: str, row: Sequence[Any], documents: Documents) -> Version:
    text, blob, status, message, published, changed, updated, latest, source, meta, document = row
    return Version(
        name=name,
        version=text,
        document=documents[blob] if blob else document.encode(),
        blob=blob,
        status=_STATUS[status],
        status_message=message,
        published=published,
        status_changed=changed,
        updated=updated,
        is_latest=latest,
        source=source,
        meta=meta.encode(),
    )
