"""Trees as git stores them: each entry with its own mode, empty folders too.

`git diff-tree -r` and `git ls-tree -r` list files. They leave out folders without any, and write
the mode 100664 as 100644; of a stranger's tree all that it holds must be known. Trees are read
level by level, with their ids on standard input, so that any number of them can be asked for.
https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_tree_objects
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import NamedTuple

from builder.git import failures
from builder.git.records import EXECUTABLE, REGULAR, TreeEntry
from builder.git.repository import NOTHING_KEPT, Repository
from builder.model.errors import RepositoryError

FOLDER = "40000"
_FOLDER = FOLDER.encode()
_TYPE, _FOLDER_TYPE, _FILE_TYPE = 0o170000, 0o040000, 0o100000
_SHA1_DIGITS = 40


class Node(NamedTuple):
    """What stands under a name: `id` is that of a tree, of a blob or of a submodule's commit."""

    mode: str
    id: str

    @property
    def is_folder(self) -> bool:
        """Whether this is a tree with entries of its own."""
        return int(self.mode, 8) & _TYPE == _FOLDER_TYPE

    @property
    def canonical(self) -> Node:
        """The same with the mode that git itself would record."""
        kind = int(self.mode, 8) & _TYPE
        if kind == _FOLDER_TYPE:
            return Node(FOLDER, self.id)
        if kind == _FILE_TYPE:
            return Node(EXECUTABLE if int(self.mode, 8) & 0o100 else REGULAR, self.id)
        return self


Entry = tuple[bytes, bytes, bytes]
"""An entry as a tree has it: mode, name and id in bytes. Most are only compared, never looked at."""
Folder = Set[Entry]
"""The entries of a tree."""


def node(entry: Entry) -> Node:
    """Return what stands under an entry's name."""
    return Node(entry[0].decode(), entry[2].hex())


def entry(name: bytes, node: Node) -> Entry:
    """Return the entry that a tree has of something under a name."""
    return node.mode.encode(), name, bytes.fromhex(node.id)


def root(repository: Repository, commit: str) -> str:
    """Return the id of a commit's tree."""
    return repository.root_tree(commit)


def sizes(repository: Repository, ids: Iterable[str]) -> dict[str, int]:
    """Return the size of each object without reading it; RepositoryError if one is missing."""
    wanted = dict.fromkeys(ids)
    known = repository.sizes(wanted) if wanted else {}
    for missing in wanted.keys() - known.keys():
        raise failures.missing(missing)
    return known


def read(repository: Repository, ids: Iterable[str]) -> dict[str, Folder]:
    """Read trees; RepositoryError if one is missing or is no tree."""
    wanted, kept = dict.fromkeys(ids), repository.parsed_trees
    known = {tree: folder for tree in wanted if (folder := kept.get(tree)) is not None}
    missing = [tree for tree in wanted if tree not in known]
    parsed = (
        {tree: parse(tree, data) for tree, data in repository.blobs(missing)} if missing else {}
    )
    if kept is not NOTHING_KEPT:
        kept |= parsed
    return {**known, **parsed}


def parse(tree: str, data: bytes) -> Folder:
    """Read the bytes of a tree; RepositoryError if they are none."""
    return set(in_order(tree, data))


def in_order(tree: str, data: bytes) -> Sequence[Entry]:
    """Read the bytes of a tree in its own order, which is git's; RepositoryError if they are none."""
    entries: list[Entry] = _entries(len(tree) // 2).findall(data)
    # Each has a space and a NUL besides; of other bytes there must be none.
    if len(b"".join(chain.from_iterable(entries))) + 2 * len(entries) != len(data):
        raise RepositoryError(f"git object {tree} is not a tree")
    return entries


@cache
def _entries(id_bytes: int) -> re.Pattern[bytes]:
    return re.compile(rb"([0-7]{1,7}) ([^\0]*)\0(.{%d})" % id_bytes, re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTree:
    """A tree that is to be written: its id, its bytes, and its entries in git's order."""

    id: str
    data: bytes
    entries: Collection[Entry]


def make(entries: Collection[Entry], like: str) -> NewTree:
    """Make the tree with these entries, in a repository that has an id such as `like`."""
    ordered = sorted(entries, key=sort_key)
    data = b"".join([b"%b %b\0%b" % entry for entry in ordered])
    return NewTree(id=tree_id(data, like), data=data, entries=ordered)


def write(entries: Iterable[Entry]) -> bytes:
    """Return the bytes of the tree with these entries, in git's order."""
    return b"".join([b"%b %b\0%b" % entry for entry in sorted(entries, key=sort_key)])


def named(
    repository: Repository, tree: str, folder: Folder, names: Collection[bytes]
) -> list[Entry]:
    """Return the entries of a tree, `folder`, that have these names.

    Of thousands of entries two or three are asked for, again and again where trees are kept.
    """
    if repository.named_trees is NOTHING_KEPT:
        return [entry for entry in folder if entry[1] in names]
    entries = by_name(repository, tree, folder)
    return [entries[name] for name in names if name in entries]


def by_name(repository: Repository, tree: str, folder: Folder) -> dict[bytes, Entry]:
    """Return the entries of a tree, `folder`, by their names."""
    kept = repository.named_trees
    known: dict[bytes, Entry] | None = kept.get(tree)
    if known is None:
        known = {entry[1]: entry for entry in folder}
        if kept is not NOTHING_KEPT:
            kept[tree] = known
    return known


def sort_key(entry: Entry) -> bytes:
    """Return what git orders the entries of a tree by: a folder as if its name ended with a slash."""
    return entry[1] + b"/" if entry[0] == _FOLDER else entry[1]


def tree_id(data: bytes, like: str) -> str:
    """Return the id of the tree with these bytes, in a repository that has an id such as `like`."""
    algorithm = hashlib.sha1 if len(like) == _SHA1_DIGITS else hashlib.sha256
    return algorithm(b"tree %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def select(repository: Repository, commit: str, paths: Iterable[str]) -> list[TreeEntry]:
    """List the files of a commit that stand at or below these paths ("": all), in byte order."""
    asked = dict.fromkeys(path.encode("utf-8", "surrogateescape") for path in paths)
    wanted = [] if b"" in asked else [path.split(b"/") for path in asked]
    files: list[TreeEntry] = []
    # Each folder to read: its path, its id, and what of it is wanted (nothing: all).
    level = [(b"", root(repository, commit), wanted)] if asked else []
    while level:
        if repository.kept_listings is not NOTHING_KEPT:
            level = [folder for folder in level if not _took_kept(repository, folder, files)]
        folders = read(repository, (tree for _, tree, _ in level))
        level = [
            below
            for path, tree, parts in level
            for below in _descend(repository, path, tree, folders[tree], parts, files)
        ]
    return sorted(files, key=lambda file: file.path.encode("utf-8", "surrogateescape"))


def _took_kept(
    repository: Repository, folder: tuple[bytes, str, list[list[bytes]]], files: list[TreeEntry]
) -> bool:
    """Take the files of a folder, if all are wanted, from what is kept; return whether they are."""
    path, tree, parts = folder
    if not parts:
        files += _listing(repository, path, tree)
    return not parts


def _listing(repository: Repository, path: bytes, tree: str) -> tuple[TreeEntry, ...]:
    """Return the files below a folder, and keep them: of its folders one in a hundred changes."""
    kept = repository.kept_listings
    listing = kept.get((path, tree))
    if listing is None:
        own: list[TreeEntry] = []
        folder = read(repository, [tree])[tree]
        inner: list[tuple[TreeEntry, ...]] = []
        for below, id, _ in _descend(repository, path, tree, folder, [], own):
            inner.append(kept.get((below, id)) or _listing(repository, below, id))
        listing = kept[path, tree] = tuple(chain(own, *inner))
    return listing


def _descend(
    repository: Repository,
    path: bytes,
    tree: str,
    folder: Folder,
    parts: list[list[bytes]],
    files: list[TreeEntry],
) -> Iterable[tuple[bytes, str, list[list[bytes]]]]:
    below: dict[bytes, list[list[bytes]]] = {}
    for first, *rest in parts:
        below.setdefault(first, []).append(rest)
    for listed in named(repository, tree, folder, below) if parts else folder:
        name = listed[1]
        rests, child = below.get(name, [[]]), node(listed)
        if child.is_folder:
            yield path + name + b"/", child.id, [] if [] in rests else rests
        elif [] in rests:
            files.append(TreeEntry(child.canonical.mode, child.id, text(path + name)))


def text(path: bytes) -> str:
    """Return a path as text; bytes that are not UTF-8 become lone surrogates."""
    return path.decode("utf-8", "surrogateescape")
