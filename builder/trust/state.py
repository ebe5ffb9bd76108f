"""The digest of what a registry holds: every name with its versions and their statuses.

Of a server it is the SHA-256 of one line for each version, in byte order of the versions:
`<name> TAB <version> TAB <status> LF`. Servers are in 256 groups by the first byte of the SHA-256
of their name; a group's digest is the SHA-256 of its servers' digests (32 bytes each), in byte
order of their names, the registry's is the SHA-256 of its groups' digests. So one change costs
the same at any size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

GROUPS = 256

ServerDigests = Mapping[str, bytes]
"""The digests of the servers of a group, by their names."""
EMPTY_GROUP = hashlib.sha256(b"").digest()


def group_of(name: str) -> int:
    """Return the number of the group that a server is in."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[0]


def of_server(name: str, statuses: Iterable[tuple[str, str]]) -> bytes:
    """Return the digest of a server from its versions and their statuses, in any order."""
    lines = "".join(f"{name}\t{version}\t{status}\n" for version, status in sorted(statuses))
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).digest()


def of_group(servers: ServerDigests) -> bytes:
    """Return the digest of a group."""
    return of_digests(b"".join([servers[name] for name in sorted(servers)]))


def of_digests(digests: bytes | bytearray) -> bytes:
    """Return the digest of a group from those of its servers, joined in byte order of their names."""
    return hashlib.sha256(digests).digest()


def of_groups(groups: Sequence[bytes]) -> str:
    """Return the digest of the whole, in hex, from those of all groups."""
    return hashlib.sha256(b"".join(groups)).hexdigest()


def of_registry(servers: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """Return the digest of a registry from its servers: what a whole copy is checked by."""
    groups: list[dict[str, bytes]] = [{} for _ in range(GROUPS)]
    for name, statuses in servers.items():
        groups[group_of(name)][name] = of_server(name, statuses)
    return of_groups([of_group(group) for group in groups])
