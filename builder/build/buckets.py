"""The names of one kind (servers, namespaces) in 256 buckets, each with the files of their pages.

A bucket in which nothing changed since the last build is not even read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from builder.build import page_files
from builder.build.page_files import PageFiles
from builder.build.record import BucketRecord
from builder.cache.store import Cache
from builder.catalogue import fingerprint
from builder.catalogue.catalogue import Catalogue, Renewable
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


class Divided(NamedTuple):
    """All names with their hashes, and the same by bucket, each with one hash over all."""

    hashes: Mapping[str, str]
    buckets: list[tuple[str, Mapping[str, str]]]


def divided(hashes: Callable[[Catalogue], Mapping[str, str]]) -> Renewable[Divided]:
    """Return what divides the names of a catalogue among the buckets; one that changes is made anew."""

    def make(catalogue: Catalogue) -> Divided:
        now = hashes(catalogue)
        buckets: list[list[str]] = [[] for _ in range(BUCKETS)]
        for name in sorted(now):
            buckets[_bucket_of(name)].append(name)
        return Divided(
            now, [_with_inputs({name: now[name] for name in names}) for names in buckets]
        )

    def renew(last: Divided, catalogue: Catalogue, _changed: frozenset[str]) -> Divided:
        now, buckets = hashes(catalogue), [*last.buckets]
        changed: dict[int, dict[str, str]] = {}
        for name in {name for name, _ in now.items() ^ last.hashes.items()}:
            number = _bucket_of(name)
            names = changed.setdefault(number, {**buckets[number][1]})
            names.pop(name, None)
            names |= {name: now[name]} if name in now else {}
        for number, names in changed.items():
            buckets[number] = _with_inputs(dict(sorted(names.items())))
        return Divided(now, buckets)

    return Renewable(make, renew)


def buckets_of(
    cache: Cache, names: Divided, records: Sequence[BucketRecord] | None
) -> list[Bucket]:
    """Return the buckets of names that were divided.

    `records` are those of the last build, None if there is none. Raises UnusableCache if the block
    of one is missing or was altered.
    """
    previous: Sequence[BucketRecord | None] = [None] * BUCKETS if records is None else records
    return [
        _bucket(cache, inputs, hashes, record)
        for (inputs, hashes), record in zip(names.buckets, previous, strict=True)
    ]


def _bucket(
    cache: Cache, inputs: str, hashes: Mapping[str, str], record: BucketRecord | None
) -> Bucket:
    if record is not None and record.inputs == inputs:
        return Bucket(inputs=inputs, hashes=hashes, block=record.block, previous={})
    previous = page_files.read_block(cache, record.block) if record else {}
    return Bucket(inputs=inputs, hashes=hashes, block="", previous=previous)


def _with_inputs(hashes: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    return fingerprint.of(hashes.values()), hashes


def _bucket_of(name: str) -> int:
    """Return the bucket of a name, by its hash: whatever comes and goes, a name stays."""
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
