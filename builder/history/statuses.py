"""What the registry holds, as one digest that is kept up with the replay (trust/state.py)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from builder.catalogue.server import Version
from builder.trust import state

_ReadGroup = Callable[[int], Mapping[str, bytes]]
_BYTES = len(state.EMPTY_GROUP)


class _Group:
    """The servers of a group and their digests, in the order in which the group's digest has them.

    Kept in order, since nearly every commit changes some groups: to sort and join the digests of one
    anew takes a tenth of a replay of 100,000 versions.
    """

    def __init__(self, servers: Mapping[str, bytes]) -> None:
        self._names = sorted(servers)
        self._digests = bytearray().join([servers[name] for name in self._names])

    def put(self, name: str, digest: bytes) -> None:
        """Give a server a digest; an empty one removes the server."""
        number = bisect_left(self._names, name)
        known = self._names[number : number + 1] == [name]
        self._digests[number * _BYTES : (number + known) * _BYTES] = digest
        self._names[number : number + known] = [name] if digest else []

    def digest(self) -> bytes:
        """Return the digest of the group."""
        return state.of_digests(self._digests)

    def servers(self) -> dict[str, bytes]:
        """Return the digest of each server."""
        starts = range(0, len(self._digests), _BYTES)
        digests = (bytes(self._digests[start : start + _BYTES]) for start in starts)
        return dict(zip(self._names, digests, strict=True))


class Statuses:
    """The digest of every server in its group, of every group, and of all groups.

    `digests` are those of the groups; `read` returns the servers of a group by its number: only
    groups in which something changes are read.
    """

    def __init__(self, digests: Sequence[bytes] = (), read: _ReadGroup = lambda _: {}) -> None:
        self.digests = list(digests) or [state.EMPTY_GROUP] * state.GROUPS
        self._read = read
        self._groups: dict[int, _Group] = {}
        self._outdated: set[int] = set()

    def put(self, name: str, versions: Sequence[Version]) -> None:
        """Take in the versions that a server has now; none if it is gone."""
        number = state.group_of(name)
        if number not in self._groups:
            self._groups[number] = _Group(self._read(number))
        rows = ((version.version, version.status.value) for version in versions)
        self._groups[number].put(name, state.of_server(name, rows) if versions else b"")
        self._outdated.add(number)

    def digest(self) -> str:
        """Return the digest of the whole, in hex."""
        for number in self._outdated:
            self.digests[number] = self._groups[number].digest()
        self._outdated.clear()
        return state.of_groups(self.digests)

    def group(self, number: int) -> dict[str, bytes] | None:
        """Return the servers of a group that may have changed; None of one that was not read."""
        group = self._groups.get(number)
        return None if group is None else group.servers()

    def __eq__(self, other: object) -> bool:
        """Return whether two digests are of the same statuses."""
        return isinstance(other, Statuses) and self.digest() == other.digest()

    __hash__ = None  # type: ignore[assignment] # it follows the replay
