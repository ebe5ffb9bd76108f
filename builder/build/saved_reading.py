"""What was read of a repository <-> blocks of the cache, and what the cache gives to a catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from builder.build.reading import SourceReading
from builder.build.record import ReadingRecord, SiteRecord
from builder.build.source import Source
from builder.build.staying import LastCatalogue
from builder.cache.memo import Memo
from builder.cache.store import Cache, decode, encode
from builder.catalogue import fingerprint
from builder.catalogue import runs as catalogue_runs
from builder.catalogue.catalogue import Catalogue
from builder.git.repository import Repository
from builder.history import checkpoint
from builder.model.finding import Finding, Severity
from builder.model.sidecars import Namespace


def save(cache: Cache, reading: SourceReading, previous: ReadingRecord | None) -> ReadingRecord:
    """Write a reading into the cache, on top of the one that it may have been carried on from."""
    touched: Collection[str]
    if previous is None or reading.changed is None:
        base, touched = None, reading.state.servers.keys()
    else:
        base, touched = previous.checkpoint, reading.changed
    namespaces = [
        (name, namespace.model_dump(mode="json")) for name, namespace in reading.namespaces.items()
    ]
    findings = [asdict(finding) for finding in reading.findings]
    return ReadingRecord(
        checkpoint=checkpoint.save(cache, reading.state, base, touched),
        namespaces_and_findings=cache.write(encode([namespaces, findings])),
    )


def load(cache: Cache, record: ReadingRecord, repository: Repository) -> SourceReading:
    """Return the reading that was saved; raise UnusableCache if the cache has lost a part."""
    state = checkpoint.load(cache, record.checkpoint, repository.blobs)
    namespaces, findings = decode(cache.read(record.namespaces_and_findings))
    return SourceReading(
        state=state,
        namespaces={name: Namespace.model_validate(fields) for name, fields in namespaces},
        findings=_findings(findings),
    )


def load_findings(cache: Cache, record: ReadingRecord) -> tuple[Finding, ...]:
    """Return the findings alone; raise UnusableCache if the cache has lost them."""
    return _findings(decode(cache.read(record.namespaces_and_findings))[1])


def attach_cache(
    source: Source,
    cache: Cache,
    reading: ReadingRecord,
    site: SiteRecord | None,
    last: LastCatalogue | None = None,
) -> Catalogue:
    """Return the catalogue of a source, with the results that its pages need not make again.

    `reading` is the record of the source's reading, `site` that of a site of the same settings,
    `last` what this process has kept of its last build.
    """
    catalogue = replace(
        source.catalogue,
        events=source.catalogue.events.with_blocks(reading.checkpoint.events),
        memo=last.memo(cache, site) if last else Memo(cache, site.memo if site else None),
    )
    runs = catalogue_runs.runs(source.reading.state.servers)
    blocks = dict(zip(reading.checkpoint.servers, runs, strict=True))
    hashes = fingerprint.servers_by_block(catalogue, blocks)
    catalogue = catalogue.with_derived(fingerprint.servers, hashes)
    return last.attach(catalogue, site) if last else catalogue


def _findings(rows: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(**{**row, "severity": Severity(row["severity"])}) for row in rows)
