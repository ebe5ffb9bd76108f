"""What the registry holds, as one digest that is kept up with the replay (trust/state.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from builder.catalogue.server import Version
from builder.trust import state

_ReadGroup = Callable[[int], dict[str, bytes]]


class Statuses:
    """The digest of every server in its group, of every group, and of all groups.

    `digests` are those of the groups; `read` returns the servers of a group by its number: only
    groups in which something changes are read.
    """

    def __init__(self, digests: Sequence[bytes] = (), read: _ReadGroup = lambda _: {}) -> None:
        self.digests = list(digests) or [state.EMPTY_GROUP] * state.GROUPS
        self._read = read
        self._groups: dict[int, dict[str, bytes]] = {}
        self._outdated: set[int] = set()

    def put(self, name: str, versions: Sequence[Version]) -> None:
        """Take in the versions that a server has now; none if it is gone."""
        number = state.group_of(name)
        if number not in self._groups:
            self._groups[number] = self._read(number)
        group = self._groups[number]
        if versions:
            rows = ((version.version, version.status.value) for version in versions)
            group[name] = state.of_server(name, rows)
        else:
            group.pop(name, None)
        self._outdated.add(number)

    def digest(self) -> str:
        """Return the digest of the whole, in hex."""
        for number in self._outdated:
            self.digests[number] = state.of_group(self._groups[number])
        self._outdated.clear()
        return state.of_groups(self.digests)

    def group(self, number: int) -> dict[str, bytes] | None:
        """Return the servers of a group that may have changed; None of one that was not read."""
        return self._groups.get(number)

    def __eq__(self, other: object) -> bool:
        """Return whether two digests are of the same statuses."""
        return isinstance(other, Statuses) and self.digest() == other.digest()

    __hash__ = None  # type: ignore[assignment] # it follows the replay
