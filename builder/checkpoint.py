"""A replay that can go on where it stopped: history's state <-> blocks of the cache.

Servers are in 256 blocks by the hash of their name, so that one more version renews one block.
Events and documents are only ever appended: each of their blocks holds 1,024, and only the last
one is written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar

from builder import log
from builder.cache import Cache, decode, encode
from builder.catalogue import ChangeKind, Event, Version
from builder.history import Files, State
from builder.log import Log
from builder.sidecar import Status

BUCKETS = 256

Item = TypeVar("Item")
Documents = dict[str, bytes]
"""Every document that a version or an event has had, by its blob, in order of appearance."""
Root = Mapping[str, Any]
EMPTY: Root = {
    "servers": [""] * BUCKETS,
    **{"events": [], "events_count": 0},
    **{"documents": [], "documents_count": 0},
}


def in_buckets(names: Iterable[str]) -> list[list[str]]:
    """Sort names into the 256 blocks they belong to, in byte order within each."""
    found: list[list[str]] = [[] for _ in range(BUCKETS)]
    for name in sorted(names):
        found[_bucket(name)].append(name)
    return found


def save(
    cache: Cache, state: State, documents: Documents, old: Root, touched: Collection[str]
) -> Root:
    """Write a state and give the part of a root that names its blocks.

    `old` is what `save` gave for the state that this one was carried on from (EMPTY: none),
    `touched` the servers that changed since. New documents are added to `documents`.
    """
    changed = chain.from_iterable(state.servers.get(name, {}).values() for name in touched)
    recent = (event.version for event in state.events[old["events_count"] :])
    for version in chain(changed, recent):
        if version.blob:
            documents.setdefault(version.blob, version.document)
    renewed = {_bucket(name) for name in touched}
    servers = [
        kept if kept and number not in renewed else cache.write(_pack_servers(state, names))
        for number, (names, kept) in enumerate(
            zip(in_buckets(state.files), old["servers"], strict=True)
        )
    ]
    return {
        "commit": state.commit,
        "time": state.time,
        "servers": servers,
        **_append(cache, "events", state.events, _pack_events, old),
        **_append(cache, "documents", list(documents.items()), _pack_documents, old),
    }


def load(cache: Cache, root: Root) -> tuple[State, Documents]:
    """Read a state back, and its documents; cache.Unusable if a block is not what it was."""
    documents: Documents = {}
    for digest in root["documents"]:
        documents.update(_unpack_documents(cache.read(digest)))
    state = State(commit=root["commit"], time=root["time"])
    for digest in root["servers"]:
        for name, status, upstream, entries, versions in decode(cache.read(digest)):
            state.files[name] = Files(dict(entries), status, upstream)
            state.servers[name] = {row[0]: _version(name, row, documents) for row in versions}
    state.events = change_log(cache, root, documents)
    return state, documents


def change_log(cache: Cache, root: Root, documents: Documents) -> Log:
    """Give the change log, to be read from its blocks where it is asked for.

    Reading it raises cache.Unusable if a block is not what it was.
    """
    blocks = root["events"]

    @lru_cache(maxsize=2)
    def read(number: int) -> list[Event]:
        return _unpack_events(cache.read(blocks[number]), number * log.LENGTH, documents)

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


def _bucket(name: str) -> int:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[0]


def _append(
    cache: Cache,
    name: str,
    items: Sequence[Item],
    pack: Callable[[Sequence[Item]], bytes],
    old: Root,
) -> dict[str, Any]:
    full = old[f"{name}_count"] // log.LENGTH
    blocks = [
        cache.write(pack(items[start : start + log.LENGTH]))
        for start in range(full * log.LENGTH, len(items), log.LENGTH)
    ]
    return {name: [*old[name][:full], *blocks], f"{name}_count": len(items)}


def _pack_servers(state: State, names: Iterable[str]) -> bytes:
    rows = []
    for name in names:
        files = state.files[name]
        versions = [version_row(version) for version in state.servers.get(name, {}).values()]
        rows.append([name, files.status, files.upstream, list(files.entries.items()), versions])
    return encode(rows)


def _pack_events(events: Sequence[Event]) -> bytes:
    return encode(
        [[one.time, one.kind.value, one.version.name, version_row(one.version)] for one in events]
    )


def _unpack_events(data: bytes, before: int, documents: Documents) -> list[Event]:
    return [
        Event(
            sequence=sequence,
            time=time,
            kind=ChangeKind(kind),
            version=_version(name, row, documents),
        )
        for sequence, (time, kind, name, row) in enumerate(decode(data), before + 1)
    ]


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


def _pack_documents(documents: Sequence[tuple[str, bytes]]) -> bytes:
    sizes = [(blob, len(document)) for blob, document in documents]
    return b"\n".join((encode(sizes), b"".join(document for _, document in documents)))


def _unpack_documents(data: bytes) -> Iterator[tuple[str, bytes]]:
    sizes, _, texts = data.partition(b"\n")
    start = 0
    for blob, size in decode(sizes):
        yield blob, texts[start : start + size]
        start += size
