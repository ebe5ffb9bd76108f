"""Servers and events as the rows of a block of the cache, and back.

Documents are not in them: the id of a blob stands for one, and git has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from builder.cache.store import Cache, decode, encode
from builder.catalogue.runs import Run
from builder.catalogue.server import ChangeKind, Event, LogEntry, Version
from builder.catalogue.version_row import version_row
from builder.history.records import Record, Shelf
from builder.model import server_json
from builder.model.sidecars import Status

ReadBlobs = Callable[[Iterable[str]], Iterable[tuple[str, bytes]]]
"""Reads blobs of the repository: id and content."""
Documents = Mapping[str, bytes]
"""The document of each blob, compact."""


def pack_servers(servers: Shelf, run: Run) -> bytes:
    """Return the block of the servers of a run."""
    rows = []
    for name in run:
        record = servers[name]
        versions = [version_row(version) for version in record.versions.values()]
        hidden = [version_row(version) for version in record.hidden.values()]
        sidecars = [record.status, record.upstream, record.overlay, record.facts]
        rows.append([name, sidecars, [*record.entries.items()], versions, hidden])
    return encode(rows)


def read_servers(cache: Cache, block: str, blobs: ReadBlobs) -> dict[str, Record]:
    """Return the servers of a block; UnusableCache if it is missing or was altered."""
    rows = decode(cache.read(block))
    documents = _documents(
        blobs, (row[1] for *_, shown, hidden in rows for row in (*shown, *hidden))
    )
    return {
        name: Record(
            entries=dict(entries),
            status=status,
            upstream=upstream,
            overlay=overlay,
            facts=facts,
            versions={row[0]: _version(name, row, documents) for row in versions},
            hidden={row[0]: _version(name, row, documents) for row in hidden},
        )
        for name, (status, upstream, overlay, facts), entries, versions, hidden in rows
    }


def pack_events(events: Sequence[Event]) -> bytes:
    """Return the block of these events."""
    return encode(
        [
            [
                event.time,
                event.kind.value,
                event.commit,
                event.version.name,
                version_row(event.version),
                event.state,
            ]
            for event in events
        ]
    )


def unpack_events(data: bytes, before: int, blobs: ReadBlobs) -> list[Event]:
    """Return the events of a block, `before` which there are so many events in the log."""
    rows = decode(data)
    documents = _documents(blobs, (row[1] for *_, row, _ in rows))
    return [
        Event(
            sequence=sequence,
            time=time,
            kind=ChangeKind(kind),
            version=_version(name, row, documents),
            commit=commit,
            state=state,
        )
        for sequence, (time, kind, commit, name, row, state) in enumerate(rows, before + 1)
    ]


def _documents(read: ReadBlobs, blobs: Iterable[str]) -> Documents:
    wanted = dict.fromkeys(filter(None, blobs))
    return {blob: server_json.compact(data).text for blob, data in read(wanted)} if wanted else {}


_STATUS = {status.value: status for status in Status}


def _log_entry(number: int, sequence: int, time: int, kind: str) -> LogEntry:
    return LogEntry(number, sequence, time, ChangeKind(kind))


def _version(name: str, row: Sequence[Any], documents: Documents) -> Version:
    text, blob, status, message, *times, latest, source, meta, overlay, facts, logged, document = (
        row
    )
    published, changed, updated = times
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
        overlay=overlay.encode(),
        facts=facts.encode(),
        logged=_log_entry(*logged),
    )
