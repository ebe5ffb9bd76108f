"""Where a log says which entry is the newest of a version: 1,024 files, by the server's name.

They are gzip, so that a proof costs little and the files stay few: at 30,000 servers a file has 29 of
them in about 3 KB.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import orjson

from builder.runtime import gunzip
from builder.trust import leaf
from builder.trust.tiles import ProofError, Read

MAX_TEXT = 1 << 24
"""Bytes of a file at most, unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPlace:
    """The newest entry of a version: its number in the tree, and what its leaf says."""

    entry: int
    sequence: int
    time: str
    kind: str

    def leaf(self, name: str, version: str, sha256: str) -> bytes:
        """Return the leaf that this entry must be, if the version's bytes have this SHA-256."""
        return leaf.event(
            sequence=self.sequence,
            time=self.time,
            kind=self.kind,
            name=name,
            version=version,
            sha256=sha256,
        )


def path_of(name: str) -> str:
    """Return the path below the log's folder: the first ten bits of the name's SHA-256, in hex."""
    return group_path(group_of(name))


@lru_cache(maxsize=1 << 17)  # for a process that stays
def group_of(name: str) -> int:
    """Return the number of the file that has a server: the first ten bits of its name's SHA-256."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return (digest[0] << 2) | (digest[1] >> 6)


def by_group(names: Iterable[str]) -> dict[int, list[str]]:
    """Return the servers of each file that has some, by its number, in the order they are given in."""
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for name in names:
        groups[group_of(name)].append(name)
    return groups


def group_path(group: int) -> str:
    """Return the path of a file by its number, below the log's folder."""
    return f"lookup/{group:03x}.gz"


def find(read: Read, name: str) -> dict[str, EntryPlace]:
    """Return the newest entry of each version of a server; ProofError if there is none of that name."""
    try:
        servers = orjson.loads(gunzip.text_of(read(path_of(name)), MAX_TEXT))
        return {
            str(version): EntryPlace(
                entry=int(row["entry"]),
                sequence=int(row["sequence"]),
                time=str(row["time"]),
                kind=str(row["kind"]),
            )
            for version, row in servers[name].items()
        }
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ProofError(f"the log's lookup has no server {name}") from error
