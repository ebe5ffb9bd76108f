"""What one tree has that another has not: files, and whatever else a tree can hold.

Two trees are read side by side from the top, and only the folders in which they differ. From the
files that differ the second tree is computed again: what it has beyond them (a folder without
files, a mode that git never writes, a name given twice) shows in its id.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from builder.git import trees
from builder.git.bounds import DEPTH, ChangeBounds, Excess, require
from builder.git.records import ABSENT, FileChange
from builder.git.repository import Repository
from builder.git.trees import Folder, Node

_EMPTY: Folder = frozenset()
_NO_NAMES = {b"", b".", b"..", b".git"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The files that differ, in byte order of their paths.

    `unlisted` are the folders of the second tree that hold something which no list of files
    names; "" is the root.
    """

    changes: tuple[FileChange, ...]
    unlisted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """One folder in which two trees differ. `files` and `folders` are the second one's."""

    path: bytes
    old: str
    new: str
    same: Folder
    files: dict[bytes, Node]
    folders: list[tuple[bytes, _Folders]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Folders:
    """A folder to compare: its path, and the ids of its tree on both sides, "" for none."""

    path: bytes
    old: str
    new: str


def compare(repository: Repository, old: str, new: str, bounds: ChangeBounds) -> Comparison:
    """Compare two trees.

    Raises Excess at the first bound that is met, RepositoryError if an object is missing or no
    tree.
    """
    changes: list[FileChange] = []
    pairs: list[_Pair] = []
    level = [_Folders(b"", old, new)] if old != new else []
    surplus = 0
    for _ in range(DEPTH):
        surplus += _surplus(repository, level)
        require(surplus, bounds.folders, "bytes of folders are new")
        read = trees.read(repository, (id for pair in level for id in (pair.old, pair.new) if id))
        below: list[_Folders] = []
        for folders in level:
            pairs.append(_compare(folders, read, changes))
            below += (inner for _, inner in pairs[-1].folders)
            # Each folder in which trees differ has at least one file that does.
            touched = len(changes) + len(below)
            require(touched, bounds.paths, "files or more are touched", "too-many-files")
        level = below
        if not level:
            break
    else:
        raise Excess(f"folders stand more than {DEPTH} deep")
    changes.sort(key=lambda change: change.path.encode("utf-8", "surrogateescape"))
    return Comparison(
        changes=tuple(changes), unlisted=tuple(_unlisted(pairs, repository.own_trees))
    )


def _surplus(repository: Repository, level: list[_Folders]) -> int:
    sizes = trees.sizes(
        repository, (id for folders in level for id in (folders.old, folders.new) if id)
    )
    new, old = ({getattr(folders, side) for folders in level} - {""} for side in ("new", "old"))
    return sum(sizes[id] for id in new) - sum(sizes[id] for id in old)


def _compare(folders: _Folders, read: dict[str, Folder], changes: list[FileChange]) -> _Pair:
    left = read[folders.old] if folders.old else _EMPTY
    right = read[folders.new] if folders.new else _EMPTY
    gone, come = (
        {entry[1]: trees.node(entry) for entry in side} for side in (left - right, right - left)
    )
    pair = _Pair(
        path=folders.path,
        old=folders.old,
        new=folders.new,
        same=left & right,
        files={name: node.canonical for name, node in come.items() if not node.is_folder},
    )
    zeros = "0" * len(folders.old or folders.new)
    for name in sorted(gone.keys() | come.keys()):
        path = folders.path + name
        old, new = gone.get(name), come.get(name)
        if (old and old.is_folder) or (new and new.is_folder):
            ids = (node.id if node and node.is_folder else "" for node in (old, new))
            pair.folders.append((name, _Folders(path + b"/", *ids)))
        before = old.canonical if old and not old.is_folder else Node(ABSENT, zeros)
        after = pair.files.get(name, Node(ABSENT, zeros))
        if before != after:
            text = trees.text(path)
            changes.append(FileChange(before.mode, after.mode, before.id, after.id, text))
    return pair


def _unlisted(pairs: list[_Pair], own: Set[str]) -> Iterator[str]:
    """Compute each folder of the second tree from its files, innermost first; name those that differ.

    `own` are trees that need not be computed: they were made from their files here.
    """
    computed: dict[bytes, str] = {}
    explained: set[bytes] = set()
    for pair in reversed(pairs):
        as_made = pair.new in own and all(
            computed[folder.path] == folder.new for _, folder in pair.folders
        )
        computed[pair.path] = pair.new if as_made else _computed(pair, computed)
        inner = any(folder.path in explained for _, folder in pair.folders)
        root_is_empty = not pair.path and not computed[pair.path]
        differs = computed[pair.path] != pair.new and not root_is_empty
        if inner or differs or _names_no_file(pair):
            explained.add(pair.path)
            if not inner:
                yield trees.text(pair.path.rstrip(b"/"))


def _computed(pair: _Pair, computed: dict[bytes, str]) -> str:
    changed = dict(pair.files)
    for name, folder in pair.folders:
        if computed[folder.path]:
            changed[name] = Node(trees.FOLDER, computed[folder.path])
    kept = (entry for entry in pair.same if entry[1] not in changed)
    entries = [*kept, *(trees.entry(name, node) for name, node in changed.items())]
    return trees.tree_id(trees.write(entries), pair.new or pair.old) if entries else ""


def _names_no_file(pair: _Pair) -> bool:
    names = (*pair.files, *(name for name, folder in pair.folders if folder.new))
    return any(name.lower() in _NO_NAMES or b"/" in name for name in names)
