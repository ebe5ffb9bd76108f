"""What a build leaves for the next one, as one value: encoded and decoded here and nowhere else.

The parts differ in what they depend on. What was read of the repository depends on the builder
and on a commit; the files of the site on the builder, the settings and, server by server, on a
hash of what its pages are made from; the trees on the file system alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from builder.cache import store
from builder.cache.memo import MemoRecord
from builder.cache.store import UnusableCache
from builder.history.checkpoint import Checkpoint

FORMAT = 7
"""Raised with each change of the types below: a record of another format is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRecord:
    """What was read of the repository: the replay of its history, and a block with the rest."""

    checkpoint: Checkpoint
    namespaces_and_findings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketRecord:
    """One bucket of servers or namespaces: a hash of their inputs, and the block of their files."""

    inputs: str
    block: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRecord:
    """The files of a site, as blocks that list them maker by maker, and their number and bytes.

    `settings` is the digest of registry.yaml.
    """

    settings: str
    versions: int
    files: int
    bytes: int
    catalogue_pages: Mapping[str, str]
    settings_pages: Mapping[str, str]
    buckets: Mapping[str, tuple[BucketRecord, ...]]
    memo: MemoRecord

    def file_blocks(self) -> Iterator[str]:
        """Yield the name of every block that lists files of the site."""
        yield from self.catalogue_pages.values()
        yield from self.settings_pages.values()
        yield from (bucket.block for kind in self.buckets.values() for bucket in kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeIdentity:
    """What tells one folder from others, also after it was renamed.

    `changed` is the time of the last change directly in it, in nanoseconds since 1970, so that a
    folder that was emptied is another one.
    """

    device: int
    inode: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TreePair:
    """The site's tree and the spare one, that of the build before, which the next build reuses.

    The spare differs from `current` in the paths `outdated` only.
    """

    current: TreeIdentity | None
    spare: TreeIdentity | None
    outdated: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRecord:
    """One finished build. `builder` is the fingerprint of the builder that made it."""

    builder: str
    reading: ReadingRecord
    site: SiteRecord
    trees: TreePair

    @property
    def commit(self) -> str:
        """The commit that was built."""
        return self.reading.checkpoint.commit

    def blocks(self) -> Iterator[str]:
        """Yield the name of every block of the cache that the next build may read."""
        yield from self.reading.checkpoint.blocks()
        yield self.reading.namespaces_and_findings
        yield from self.site.file_blocks()
        yield from self.site.memo.all_blocks()


def encode(record: BuildRecord) -> bytes:
    """Return a record as JSON."""
    return store.encode({"format": FORMAT, "record": record})


def decode(data: bytes) -> BuildRecord:
    """Return the record that `encode` wrote; raise UnusableCache if it is of another format."""
    row = store.decode(data)
    if not isinstance(row, dict) or row.get("format") != FORMAT:
        raise UnusableCache("the record of the last build has another format")
    record = row["record"]
    return BuildRecord(
        builder=record["builder"],
        reading=_reading(record["reading"]),
        site=_site(record["site"]),
        trees=_trees(record["trees"]),
    )


def _reading(row: Mapping[str, Any]) -> ReadingRecord:
    checkpoint = {**row["checkpoint"]}
    for field in ("servers", "events", "statuses"):
        checkpoint[field] = tuple(checkpoint[field])
    return ReadingRecord(
        checkpoint=Checkpoint(**checkpoint),
        namespaces_and_findings=row["namespaces_and_findings"],
    )


def _site(row: Mapping[str, Any]) -> SiteRecord:
    buckets = {
        kind: tuple(BucketRecord(**bucket) for bucket in rows)
        for kind, rows in row["buckets"].items()
    }
    memo = row["memo"]
    kept = MemoRecord(index=memo["index"], blocks=tuple(memo["blocks"]), data=tuple(memo["data"]))
    return SiteRecord(**{**row, "buckets": buckets, "memo": kept})


def _trees(row: Mapping[str, Any]) -> TreePair:
    return TreePair(
        current=_identity(row["current"]),
        spare=_identity(row["spare"]),
        outdated=tuple(row["outdated"]),
    )


def _identity(row: Mapping[str, int] | None) -> TreeIdentity | None:
    return TreeIdentity(**row) if row else None
