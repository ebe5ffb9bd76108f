"""Which files of entries and owners once stood on the main line of a branch and were removed.

A path that was published is used up, and a namespace that was removed is nobody's to claim
without a person. Git goes through the whole history for it (16 s at 19,000 commits of 15,000
namespaces), so what was removed is kept in the git folder and continued from the commit that it
was read up to. The first questions in a clone are answered for the namespaces that they are about
(2 s); one that brings too many of them reads what was removed of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

from builder.git import folder_history, index_file
from builder.git.packs import PackError
from builder.git.records import ABSENT
from builder.git.repository import NOTHING_KEPT, Repository
from builder.model.layout import SERVERS, Kind, place

FILE = "removed.json"
_KINDS = (Kind.ENTRY, Kind.NAMESPACE)
_FEW = 24
"""Namespaces that are looked for by themselves; each takes a twentieth of a second more."""


class Removal(NamedTuple):
    """One removal: the path, the object id of the bytes that stood there, and the commit."""

    path: str
    blob: str
    commit: str


@dataclass(frozen=True)
class Removals:
    """What was removed on the first-parent line of a commit. Case of letters does not count.

    `line` returns the commits of that line. It is asked only where something was removed, since
    git goes through all commits for it: 0.2 s of 19,000.
    """

    line: Callable[[], Sequence[str]]
    all: Sequence[Removal]

    def at(self, path: str) -> list[Removal]:
        """Return the removals of a path."""
        return [
            removal
            for removal in self._by_path.get(path.lower(), ())
            if removal.commit in self._commits
        ]

    def of_namespace(self, namespace: str) -> list[Removal]:
        """Return the removals of a namespace's entries and owners."""
        known = self._by_namespace.get(namespace.lower(), ())
        return [removal for removal in known if removal.commit in self._commits]

    @cached_property
    def _commits(self) -> Set[str]:
        return frozenset(self.line())

    @cached_property
    def _by_path(self) -> Mapping[str, list[Removal]]:
        by_path = defaultdict(list)
        for removal in self.all:
            by_path[removal.path.lower()].append(removal)
        return by_path

    @cached_property
    def _by_namespace(self) -> Mapping[str, list[Removal]]:
        by_namespace = defaultdict(list)
        for removal in self.all:
            by_namespace[place(removal.path).namespace.lower()].append(removal)
        return by_namespace


def read(repository: Repository, commit: str, namespaces: Iterable[str] | None = None) -> Removals:
    """Return what was removed on the first-parent line of a commit, of these namespaces or of all.

    Raises RepositoryError in a shallow clone, which has lost a part of that line.
    """
    repository.require_full_history()
    index = index_file.read(repository, FILE)
    wanted = None if namespaces is None else {name.lower() for name in namespaces}
    if wanted is not None and not (index and _knows(index, wanted)):
        asked = wanted.union(index.get("namespaces", ()))
        if _are_few(repository, asked):
            with suppress(PackError):  # git reads them, or says what is wrong
                return _of_namespaces(repository, commit, asked)
    if not _knows(index, wanted):
        index = {}
    known = [Removal(*record) for record in index.get("removed", [])]
    if index.get("tip") == commit:
        return Removals(partial(repository.first_parents, commit), known)
    line = repository.first_parents(commit)
    since = _common(repository, line, index.get("tip"))
    new = [
        Removal(change.path, change.old_blob, step.sha)
        for step in repository.history(commit, since=since, diff_filter="D")
        for change in step.changes
        if change.mode == ABSENT and _counts(change.path)
    ]
    removed = list(dict.fromkeys([*known, *new]))
    if since != commit:  # else `tip` is further along the same line
        _write(repository, commit, removed, index.get("namespaces"))
    return Removals(lambda: line, removed)


def _of_namespaces(repository: Repository, commit: str, wanted: Collection[str]) -> Removals:
    """Return what was removed of a few namespaces, without what was removed of others."""
    steps = folder_history.read(repository, commit, SERVERS, wanted)
    removed = [
        Removal(path, blob, sha)
        for sha, path, blob in folder_history.removed(repository, SERVERS, steps)
        if _counts(path)
    ]
    _write(repository, commit, removed, sorted(wanted))
    return Removals(partial(repository.first_parents, commit), removed)


def _are_few(repository: Repository, wanted: Collection[str]) -> bool:
    """Return whether these namespaces are looked for by themselves.

    A repository that stays in memory is asked about many, one after the other.
    """
    return len(wanted) <= _FEW and repository.kept_indexes is NOTHING_KEPT


def _knows(index: Mapping[str, Any], wanted: Collection[str] | None) -> bool:
    """Return whether an index is about these namespaces; None stands for all."""
    of = index.get("namespaces")
    return of is None or (wanted is not None and set(of).issuperset(wanted))


def _counts(path: str) -> bool:
    # Names are ASCII (R5); what stands at another path was never let in.
    return path.isascii() and place(path).kind in _KINDS


def _write(
    repository: Repository, tip: str, removed: Iterable[Removal], namespaces: list[str] | None
) -> None:
    """Keep what was removed up to a commit: of these namespaces at least, or of all."""
    content = {"tip": tip, "removed": [list(row) for row in removed], "namespaces": namespaces}
    index_file.write(repository, FILE, content)


def _common(repository: Repository, line: Sequence[str], tip: str | None) -> str | None:
    """Return the newest commit of a first-parent line that is on the line of `tip` too."""
    if tip is None:
        return None
    if tip in line:
        return tip
    known = frozenset(repository.first_parents(tip)) if repository.has(tip) else frozenset()
    return next((commit for commit in line if commit in known), None)
