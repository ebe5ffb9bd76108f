"""What a process that stays keeps of a repository's objects: as many bytes as it may, and no more."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from builder.git.records import Commit, TreeEntry
from builder.git.trees import Entry, Folder

_KEPT_BYTES = 64 << 20
SYNCED_AT_ONCE = 64
"""Files on their way to the disk at once: a journal takes them together."""

Objects = dict[str, tuple[str, bytes]]
"""Objects by id: kind and content."""


@dataclass(slots=True)
class ObjectMemory:
    """What was read or made: kinds and contents by id, parsed trees, indexes, made commits.

    `staged` are the objects of what is proposed, `accepted` those that are to be written and are not
    yet; `made` are commits by id, each with its parent, `own_trees` the ids of trees that were made
    here. `named` are trees as entries by name, `names` those in the tree that was asked about last, as it has them and in order, `line` the first-parent line that
    was read last, newest first, and `dated` the same with times. Who holds `conversation` talks to the git process; the threads of
    `syncing` wait for the disk.
    """

    contents: Objects = field(default_factory=dict)
    size: int = 0
    staged: Objects = field(default_factory=dict)
    accepted: Objects = field(default_factory=dict)
    folders: dict[str, Folder] = field(default_factory=dict)
    listings: dict[tuple[bytes, str], tuple[TreeEntry, ...]] = field(default_factory=dict)
    named: dict[str, dict[bytes, Entry]] = field(default_factory=dict)
    names: tuple[frozenset[bytes], tuple[str, ...]] = (frozenset(), ())
    own_trees: set[str] = field(default_factory=set)
    indexes: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: dict[str, tuple[str, Commit]] = field(default_factory=dict)
    line: list[str] = field(default_factory=list)
    dated: list[tuple[str, int]] = field(default_factory=list)
    is_whole: bool = False
    conversation: threading.Lock = field(default_factory=threading.Lock)
    syncing: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, SYNCED_AT_ONCE))

    def get(self, id: str) -> tuple[str, bytes] | None:
        """Return kind and content of an object that is held or was read, None if neither."""
        return self.staged.get(id) or self.accepted.get(id) or self.contents.get(id)

    def stage(self, id: str, kind: str, data: bytes) -> bool:
        """Hold an object of what is proposed unless it is here already; return whether it is new."""
        if id in self.contents or id in self.accepted:
            return False
        self.staged[id] = (kind, data)
        return True

    def accept(self, parent: str, commit: Commit) -> Objects:
        """Take what is proposed as accepted, by a commit that follows `parent`; return its objects."""
        objects, self.staged = self.staged, {}
        self.accepted |= objects
        self.made[commit.sha] = (parent, commit)
        return objects

    def made_since(self, commit: str, since: str | None) -> list[Commit] | None:
        """Return the commits after `since` up to `commit`, oldest first; None unless all were made here."""
        after: list[Commit] = []
        while commit != since:
            known = self.made.get(commit)
            if known is None or since is None:
                return None
            commit = known[0]
            after.append(known[1])
        return after[::-1]

    def written(self, objects: Objects) -> None:
        """Take note that accepted objects are on the disk."""
        for id, (kind, data) in objects.items():
            self.keep(id, kind, data)
            self.accepted.pop(id, None)

    def forget(self, objects: Objects) -> None:
        """Forget objects that will not be written, proposed or accepted."""
        for id in list(objects):
            self.folders.pop(id, None)
            self.named.pop(id, None)
            self.staged.pop(id, None)
            self.accepted.pop(id, None)

    def keep(self, id: str, kind: str, data: bytes) -> None:
        """Keep an object that is in the repository; where there are too many, forget the others."""
        if self.size > _KEPT_BYTES:
            self.contents.clear()
            self.folders.clear()
            self.named.clear()
            self.listings.clear()
            self.own_trees.clear()
            self.size = 0
        self.contents[id] = (kind, data)
        self.size += len(data)
