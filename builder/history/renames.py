"""Renames of servers as a replay has them: what counts is what both names say in their status.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from builder.model.sidecars import SidecarError, StatusFile, read_status

Row = tuple[str, tuple[str, ...]]
"""The name that a server has now, "" if it keeps its own, and those that it had."""
_NOTHING: Row = ("", ())


class Renames:
    """What servers say of their names. `rows` are those of an earlier one, by name."""

    def __init__(self, rows: Mapping[str, Sequence[Any]] | None = None) -> None:
        self._rows: dict[str, Row] = {
            name: (to, tuple(origins)) for name, (to, origins) in (rows or {}).items()
        }

    def __eq__(self, other: object) -> bool:
        """Return whether two say the same of every server."""
        return isinstance(other, Renames) and self.rows == other.rows

    __hash__ = None  # type: ignore[assignment] # it follows the replay

    @property
    def rows(self) -> Mapping[str, Row]:
        """What each server says, by name."""
        return dict(sorted(self._rows.items()))

    def change(self, name: str, status: StatusFile | None) -> set[str]:
        """Take in a server's status.yaml (None: none); return the servers that this concerns."""
        before, now = self._rows.get(name, _NOTHING), row(status)
        if now == before:
            return set()
        self._rows.pop(name, None)
        if now != _NOTHING:
            self._rows[name] = now
        return {name, *_names(before), *_names(now)}

    def partners(self, name: str) -> Iterator[str]:
        """Yield the other names that a server speaks of."""
        return _names(self._rows.get(name, _NOTHING))

    def of(self, name: str) -> dict[str, Any]:
        """Return what holds of a server: `renamedTo` and `renamedFrom`, as far as both names say it."""
        to, origins = self._rows.get(name, _NOTHING)
        proved = [origin for origin in origins if self._rows.get(origin, _NOTHING)[0] == name]
        is_proved = bool(to) and name in self._rows.get(to, _NOTHING)[1]
        return {
            **({"renamedTo": to} if is_proved else {}),
            **({"renamedFrom": proved} if proved else {}),
        }


def read(data: bytes) -> StatusFile | None:
    """Read status.yaml; None if it cannot be read, and so says nothing of names."""
    try:
        return read_status(data)
    except SidecarError:
        return None


def names(status: StatusFile | None) -> Iterator[str]:
    """Yield the other names that a status.yaml speaks of."""
    return _names(row(status))


def row(status: StatusFile | None) -> Row:
    """Return what a status.yaml says: the name that the server has now, and those that it had."""
    every = status.root.get("*") if status else None
    return (every.renamed_to or "", every.renamed_from) if every else _NOTHING


def _names(row: Row) -> Iterator[str]:
    to, origins = row
    yield from (to, *origins) if to else origins
