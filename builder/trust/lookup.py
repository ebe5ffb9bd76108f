"""Where a log says which entry is the newest of a version: 4,096 small files, by the server's name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import orjson

from builder.trust import leaf
from builder.trust.tiles import ProofError, Read


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
    """Return the path below the log's folder: the first twelve bits of the name's SHA-256, in hex."""
    return group_path(group_of(name))


def group_of(name: str) -> int:
    """Return the number of the file that has a server: the first twelve bits of its name's SHA-256."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return (digest[0] << 4) | (digest[1] >> 4)


def group_path(group: int) -> str:
    """Return the path of a file by its number, below the log's folder."""
    return f"lookup/{group:03x}.json"


def find(read: Read, name: str) -> dict[str, EntryPlace]:
    """Return the newest entry of each version of a server; ProofError if there is none of that name."""
    try:
        servers = orjson.loads(read(path_of(name)))
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
