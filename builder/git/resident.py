"""A repository whose objects stay in memory, for a process that judges one change after another.

Answering from git processes costs 3 ms and more a question, and a judgement asks fifty. Here one
`git cat-file` runs for as long as the process, what was read is kept, and objects that are only
proposed are in memory alone: what is refused never reaches the disk.

Objects are named by their content, so that nothing kept can be out of date; the branch is asked
for anew each time. Any thread may read: one at a time talks to the git process, since two that
write and read its pipes in turns would wait for each other for ever. One thread at a time proposes:
what is held (`add`, `drop_staged`, `accept`) belongs to one judgement. Another may write meanwhile
what was accepted before.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from builder.git import commit_text, failures, loose, trees
from builder.git.contents import Contents
from builder.git.discovery import discover
from builder.git.object_memory import ObjectMemory, Objects
from builder.git.records import ABSENT, Commit, TreeEntry
from builder.git.repository import Repository
from builder.git.trees import Entry, Folder, NewTree
from builder.model.errors import RepositoryError

_HEX = frozenset("0123456789abcdef")
_ID_DIGITS = (40, 64)
FEW = 64
"""Commits that are looked for one by one before a line is read anew."""


@dataclass(frozen=True, slots=True)
class ResidentRepository(Repository):
    """A repository that remembers what it has read, and holds objects that are not written yet."""

    _memory: ObjectMemory = field(default_factory=ObjectMemory, repr=False, compare=False)

    # What is proposed.

    def add(self, kind: str, data: bytes) -> str:
        """Hold an object (blob, tree or commit) in memory; return its id."""
        id = loose.object_id(kind, data, self._is_sha256)
        self._memory.stage(id, kind, data)
        return id

    def add_trees(self, made: Iterable[NewTree]) -> None:
        """Hold trees in memory."""
        for tree in made:
            if self._memory.stage(tree.id, "tree", tree.data):
                self._memory.folders[tree.id] = set(tree.entries)
                self._memory.named[tree.id] = {entry[1]: entry for entry in tree.entries}
            self._memory.own_trees.add(tree.id)

    def drop_staged(self) -> None:
        """Forget what is proposed."""
        self._memory.forget(self._memory.staged)

    def accept(self, parent: str, commit: Commit) -> Objects:
        """Take what is proposed as accepted, a commit that follows `parent`; return its objects.

        Until they are written or forgotten they are in memory alone, and others may follow them.
        """
        return self._memory.accept(parent, commit)

    def write(self, accepted: Objects) -> None:
        """Write accepted objects to the disk; where it refuses them they are forgotten."""
        try:
            loose.write(self.folder / "objects", accepted, self._memory.syncing)
        except OSError:
            self._memory.forget(accepted)
            raise
        self._memory.written(accepted)

    def forget(self, accepted: Objects) -> None:
        """Forget accepted objects that will not be written."""
        self._memory.forget(accepted)

    # What is read: the same answers as git's.

    def commit(self, rev: str) -> str:
        """Return the id of the commit that a revision names; RepositoryError if there is none."""
        is_id = len(rev) in _ID_DIGITS and _HEX.issuperset(rev)
        # git is asked in a line of its own; what is no commit, or is not here, it tells in its words.
        if is_id or (rev.startswith("refs/") and rev.isprintable()):
            with suppress(RepositoryError, ValueError):
                id, kind = (rev, self._read(rev)[0]) if is_id else self._header(rev)[:2]
                if kind == "commit":
                    return id
        return super(ResidentRepository, self).commit(rev)

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield many objects, id and content, in the order asked for."""
        return ((id, self._read(id)[1]) for id in list(ids))

    def sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the size in bytes of each of these objects that there is."""
        sizes = {}
        for id in ids:
            known = self._memory.get(id)
            try:
                sizes[id] = len(known[1]) if known else self._header(id)[2]
            except ValueError:
                continue
        return sizes

    def contents(self, ids: Iterable[str], most: int = sys.maxsize) -> Contents:
        """Return the contents of blobs, and the sizes of those that have more than `most` bytes."""
        sizes = self.sizes(asked := list(ids))
        larger = {id: size for id, size in sizes.items() if size > most}
        return dict(self.blobs(id for id in asked if id not in larger)), larger

    def tree(self, rev: str, *paths: str) -> list[TreeEntry]:
        """Return the files of a commit, or those below `paths`, in byte order of their paths."""
        return trees.select(self, rev, paths or [""])

    def root_tree(self, commit: str) -> str:
        """Return the id of a commit's tree."""
        return commit_text.tree(self._read(self.commit(commit))[1])

    def names(self, rev: str, folder: str) -> tuple[str, ...]:
        """Return the names directly in a folder of a commit; none if there is no such folder."""
        tree = self._folder(rev, folder)
        names = frozenset(entry[1] for entry in trees.read(self, [tree])[tree]) if tree else ()
        if names != self._memory.names[0]:  # most changes leave the names as they are
            self._memory.names = frozenset(names), tuple(sorted(map(trees.text, names)))
        return self._memory.names[1]

    def folders(self, rev: str, folder: str) -> dict[str, str]:
        """Return the folders directly in a folder of a commit, as name -> id of its tree."""
        tree = self._folder(rev, folder)
        listed = trees.in_order(tree, self._read(tree)[1]) if tree else ()
        entries = ((entry[1], trees.node(entry)) for entry in listed)
        return {trees.text(name): node.id for name, node in entries if node.is_folder}

    def merge_bases(self, base: str, head: str) -> list[str]:
        """Return every best common ancestor of two commits."""
        if self._parents(head) == [base]:
            return [base]
        return super(ResidentRepository, self).merge_bases(base, head)

    def commits_between(self, base: str, head: str, most: int) -> tuple[str, ...]:
        """List the commits that `head` has and `base` has not, newest first, at most `most`."""
        if self._parents(head) == [base]:
            return (head,)
        return super(ResidentRepository, self).commits_between(base, head, most)

    def require_full_history(self) -> None:
        """Raise RepositoryError if this is a shallow clone."""
        if not self._memory.is_whole:
            super(ResidentRepository, self).require_full_history()
            self._memory.is_whole = True

    def first_parents(self, rev: str) -> Sequence[str]:
        """Return the commit ids of the first-parent line of `rev`, newest first."""
        line, commit = self._memory.line, self.commit(rev)
        if line[:1] != [commit]:
            parents = self._parents(commit)
            if line and parents[:1] == line[:1]:
                line = [commit, *line]
            else:
                line = list(super(ResidentRepository, self).first_parents(commit))
            self._memory.line = line
        return line

    def dates(self, rev: str) -> list[tuple[str, int]]:
        """Return the first-parent line of `rev`, newest first: commit ids and readable times."""
        known, new = self._memory.dated, list[tuple[str, int]]()
        first = commit = self.commit(rev)
        while known and commit != known[0][0] and len(new) < FEW:
            new.append((commit, self.time(commit)))
            commit = next(iter(self._parents(commit)), "")
            if not commit:
                break
        if known and commit == known[0][0]:
            self._memory.dated = [*new, *known]
        else:
            self._memory.dated = super(ResidentRepository, self).dates(first)
        return self._memory.dated

    def history(
        self, rev: str, *, since: str | None = None, diff_filter: str = ""
    ) -> Iterator[Commit]:
        """Yield the commits of the first-parent line of `rev`, oldest first."""
        commit = self.commit(rev)
        made = self._memory.made_since(commit, since)
        if made is None or diff_filter not in ("", "D"):
            return super(ResidentRepository, self).history(
                commit, since=since, diff_filter=diff_filter
            )
        if not diff_filter:
            return iter(made)
        removals = (
            Commit(one.sha, one.time, tuple(c for c in one.changes if c.mode == ABSENT))
            for one in made
        )
        return (one for one in removals if one.changes)

    def times(self, commits: Sequence[str]) -> list[tuple[str, int]]:
        """Return commits with their readable times (seconds since 1970, 0 for none)."""
        return [(commit, self.time(commit)) for commit in commits]

    def time(self, commit: str) -> int:
        """Return a commit's committer time, in seconds since 1970; 0 if it has none."""
        return commit_text.time(self._read(commit)[1])

    @property
    def parsed_trees(self) -> dict[str, Folder]:
        """Trees that were read, by id."""
        return self._memory.folders

    @property
    def named_trees(self) -> dict[str, dict[bytes, Entry]]:
        """Trees that were looked into, as entries by name, by id."""
        return self._memory.named

    @property
    def kept_listings(self) -> dict[tuple[bytes, str], tuple[TreeEntry, ...]]:
        """The files below folders that were listed, by path and tree."""
        return self._memory.listings

    @property
    def own_trees(self) -> Set[str]:
        """Trees that were made here, by id."""
        return self._memory.own_trees

    @property
    def kept_indexes(self) -> dict[str, dict[str, Any]]:
        """Index files that were read, by name."""
        return self._memory.indexes

    @property
    def _is_sha256(self) -> bool:
        return any(len(id) == max(_ID_DIGITS) for id in self._memory.line[:1])

    def _folder(self, rev: str, folder: str) -> str:
        """Return the id of a folder's tree, "" if there is no such folder."""
        tree = self.root_tree(rev)
        for name in folder.encode().split(b"/"):
            entry = trees.by_name(self, tree, trees.read(self, [tree])[tree]).get(name)
            if entry is None:
                return ""
            tree = trees.node(entry).id
        return tree

    def _parents(self, commit: str) -> list[str]:
        return commit_text.parents(self._read(commit)[1])

    def _read(self, id: str) -> tuple[str, bytes]:
        known = self._memory.get(id)
        if known is not None:
            return known
        try:
            with self._memory.conversation:
                _, named, _, data = self.repo.git.get_object_data(id)
        except ValueError as error:
            raise failures.missing(id) from error
        kind = _text(named)
        self._memory.keep(id, kind, data)
        return kind, data

    def _header(self, rev: str) -> tuple[str, str, int]:
        """Return id, kind and size in bytes of an object; ValueError if there is none."""
        with self._memory.conversation:
            id, kind, size = self.repo.git.get_object_header(rev)
        return _text(id), _text(kind), int(size)


def _text(value: str | bytes) -> str:
    # GitPython promises text here and gives what git wrote.
    return value.decode() if isinstance(value, bytes) else value


def resident(repository: Repository) -> ResidentRepository:
    """Return the same repository with a memory of its own, and a git process of its own."""
    again = discover(repository.root)
    made = ResidentRepository(again.repo, again.root)
    made.first_parents("HEAD")
    return made
