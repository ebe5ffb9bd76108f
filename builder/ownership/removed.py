"""Which files of entries and owners once stood on the main line of a branch and were removed.

A path that was published is used up, and a namespace that was removed is nobody's to claim
without a person. Git could say so of one path in seconds (4 s at 19,000 commits), so what was
removed is kept in the git folder and continued from the commit that it was read up to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from builder.git import index_file
from builder.git.records import ABSENT
from builder.git.repository import Repository
from builder.model.layout import Kind, place

FILE = "removed.json"
_KINDS = (Kind.ENTRY, Kind.NAMESPACE)


class Removal(NamedTuple):
    """One removal: the path, the object id of the bytes that stood there, and the commit."""

    path: str
    blob: str
    commit: str


@dataclass(frozen=True)
class Removals:
    """What was removed on the first-parent line of a commit. Case of letters does not count."""

    line: frozenset[str]
    all: Sequence[Removal]

    def at(self, path: str) -> list[Removal]:
        """Return the removals of a path."""
        return [one for one in self._by_path.get(path.lower(), ()) if one.commit in self.line]

    def of_namespace(self, namespace: str) -> list[Removal]:
        """Return the removals of a namespace's entries and owners."""
        known = self._by_namespace.get(namespace.lower(), ())
        return [one for one in known if one.commit in self.line]

    @cached_property
    def _by_path(self) -> Mapping[str, list[Removal]]:
        by_path = defaultdict(list)
        for one in self.all:
            by_path[one.path.lower()].append(one)
        return by_path

    @cached_property
    def _by_namespace(self) -> Mapping[str, list[Removal]]:
        by_namespace = defaultdict(list)
        for one in self.all:
            by_namespace[place(one.path).namespace.lower()].append(one)
        return by_namespace


def read(repository: Repository, commit: str) -> Removals:
    """Return what was removed on the first-parent line of a commit.

    Raises RepositoryError in a shallow clone, which has lost a part of that line.
    """
    repository.require_full_history()
    index = index_file.read(repository, FILE)
    known = [Removal(*record) for record in index.get("removed", [])]
    line = repository.first_parents(commit)
    if index.get("tip") == commit:
        return Removals(frozenset(line), known)
    since = _common(repository, line, index.get("tip"))
    new = [
        Removal(change.path, change.old_blob, step.sha)
        for step in repository.history(commit, since=since, diff_filter="D")
        for change in step.changes
        # Names are ASCII (R5); what stands at another path was never let in.
        if change.mode == ABSENT and change.path.isascii() and place(change.path).kind in _KINDS
    ]
    removed = list(dict.fromkeys([*known, *new]))
    if since != commit:  # else `tip` is further along the same line
        index_file.write(
            repository, FILE, {"tip": commit, "removed": [list(one) for one in removed]}
        )
    return Removals(frozenset(line), removed)


def _common(repository: Repository, line: Sequence[str], tip: str | None) -> str | None:
    """Return the newest commit of a first-parent line that is on the line of `tip` too."""
    if tip is None:
        return None
    if tip in line:
        return tip
    known = frozenset(repository.first_parents(tip)) if repository.has(tip) else frozenset()
    return next((commit for commit in line if commit in known), None)
