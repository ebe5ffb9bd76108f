"""The names of one kind (servers, namespaces) in 256 buckets, each with the files of their pages.

A bucket in which nothing changed since the last build is not even read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from builder.build import page_files
from builder.build.page_files import PageFiles
from builder.build.record import BucketRecord
from builder.cache.store import Cache
from builder.catalogue import fingerprint
from builder.output.file_list import FileList

BUCKETS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The servers or namespaces of one bucket: the hash of each, and one hash over all.

    `block` lists their files if nothing changed since the last build, else it is "" and
    `previous` has the files of the last build.
    """

    inputs: str
    hashes: Mapping[str, str]
    block: str
    previous: Mapping[str, PageFiles]


def buckets_of(
    cache: Cache, hashes: Mapping[str, str], records: Sequence[BucketRecord] | None
) -> list[Bucket]:
    """Divide names, each with the hash of what its pages are made from, among the buckets.

    `records` are those of the last build, None if there is none. Raises UnusableCache if the block
    of one is missing or was altered.
    """
    previous: Sequence[BucketRecord | None] = [None] * BUCKETS if records is None else records
    return [
        _bucket(cache, {name: hashes[name] for name in names}, record)
        for names, record in zip(_names_by_bucket(hashes), previous, strict=True)
    ]


def _bucket(cache: Cache, hashes: Mapping[str, str], record: BucketRecord | None) -> Bucket:
    inputs = fingerprint.of(hashes.values())
    if record is not None and record.inputs == inputs:
        return Bucket(inputs=inputs, hashes=hashes, block=record.block, previous={})
    previous = page_files.read_block(cache, record.block) if record else {}
    return Bucket(inputs=inputs, hashes=hashes, block="", previous=previous)


def _names_by_bucket(names: Iterable[str]) -> list[list[str]]:
    """Divide names among the buckets by their hash: whatever comes and goes, a name stays."""
    buckets: list[list[str]] = [[] for _ in range(BUCKETS)]
    for name in sorted(names):
        buckets[_bucket_of(name)].append(name)
    return buckets


@lru_cache(maxsize=1 << 17)  # for a process that stays
def _bucket_of(name: str) -> int:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[0]


def changed(bucket: Bucket) -> Iterator[tuple[str, FileList]]:
    """Yield the names of a bucket whose pages have to be made, with the files that they were."""
    if bucket.block:
        return
    for name, inputs in bucket.hashes.items():
        previous = bucket.previous.get(name, PageFiles("", FileList()))
        if previous.inputs != inputs:
            yield name, previous.files


def record_of(cache: Cache, bucket: Bucket, files: Mapping[str, FileList]) -> BucketRecord:
    """Return the record of a bucket whose changed names have these files now."""
    if bucket.block:
        return BucketRecord(inputs=bucket.inputs, block=bucket.block)
    makers = {
        name: PageFiles(inputs, files[name]) if name in files else bucket.previous[name]
        for name, inputs in bucket.hashes.items()
    }
    return BucketRecord(inputs=bucket.inputs, block=page_files.write_block(cache, makers))
