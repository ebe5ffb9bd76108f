"""Which files a check is about, and what must be read beside them.

A tree, a working tree, single files or a change become a `Scope`: the entries to check one by
one, and the files to check against each other. Links are never followed, nothing of a change is
checked out, and a file too large to be right is not read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from builder.check import remote_index
from builder.git import change as changes
from builder.git import records
from builder.git.change import Action, Change
from builder.git.records import REGULAR, TreeEntry
from builder.git.repository import Repository
from builder.model import server_json
from builder.model.errors import RegistryError
from builder.model.layout import SERVERS, STATUS_FILE, UPSTREAM_FILE, Kind, place, server_path
from builder.model.sidecars import READERS, SidecarError, Status
from builder.rules.engine.subject import Entry, Proposal, Remotes, Tree
from builder.rules.unique import remotes
from builder.runtime import gc_pause

READ_LIMIT = 8 * 1024 * 1024
"""Bytes of the largest file that is read. An upstream.json of 10,000 versions has 3 MiB."""

ReadBlob = Callable[[str], bytes]
Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is checked: entries by themselves, files against each other, and of a change itself.

    `read` gives the bytes of a file of the tree by its path, b"" for one too large to be read.
    """

    entries: tuple[Entry, ...]
    tree: Tree
    read: Read
    proposal: Proposal | None = None


def of_tree(
    files: Iterable[TreeEntry],
    read_blob: ReadBlob,
    sizes: Mapping[str, int] | None = None,
    touched: Collection[str] | None = None,
) -> Scope:
    """The scope of the files of a commit.

    `sizes` gives the size of each blob that was too large to read. With `touched` only these
    paths are checked; the others are there to be compared with.
    """
    placed, unread = tuple((file, place(file.path)) for file in files), sizes or {}
    blobs = {file.path: file.blob for file, _ in placed if file.mode in records.FILES}

    def read(path: str) -> bytes:
        return b"" if blobs[path] in unread else read_blob(blobs[path])

    large = {path: unread[blob] for path, blob in blobs.items() if blob in unread}
    sidecars = {path: _sidecar(path, read, large) for path in blobs if _reader(path)}
    bare = Tree(placed, {}, sidecars)
    entries = tuple(
        Entry(
            file.path,
            where,
            read(file.path),
            (where.name, where.version) in bare.mirrored,
            large.get(file.path),
        )
        for file, where in bare.entries
        if touched is None or file.path in touched
    )
    used = {entry.path: remotes(entry.data) for entry in entries}
    return Scope(entries=entries, tree=Tree(placed, used, sidecars, touched), read=read)


def of_repository(repository: Repository) -> Scope:
    """The scope of a whole registry: its working tree, or of a bare one the commit HEAD."""
    with gc_pause.paused():
        return of_files(repository, files(repository))


def files(repository: Repository) -> list[TreeEntry]:
    """List the files below `servers/` of the working tree, or of a bare repository's HEAD."""
    if repository.bare:
        return repository.tree(repository.commit("HEAD"), SERVERS)
    return [TreeEntry(REGULAR, path, path) for path in repository.present(SERVERS)]


def of_files(repository: Repository, some: Iterable[TreeEntry]) -> Scope:
    """The scope of some of the files that `files` lists."""
    if repository.bare:
        return _of_objects(repository, some)
    return _of_working_tree(repository.root, (file.path for file in some))


def of_paths(repository: Repository, paths: Iterable[str]) -> Scope:
    """The scope of single files of the working tree: these, beside their sidecars.

    A file outside `servers/` is the draft of an entry, and is checked by itself.
    """
    named = tuple(dict.fromkeys(paths))
    for path in named:
        if not (repository.root / path).is_symlink() and not (repository.root / path).is_file():
            raise RegistryError(f"there is no file {path}")
    wanted = tuple(path for path in named if path.startswith(f"{SERVERS}/"))
    drafts = tuple(_draft(repository.root, path) for path in named if path not in wanted)
    beside = (
        server_path(place(path).name, name)
        for path in wanted
        for name in (STATUS_FILE, UPSTREAM_FILE)
        if place(path).server
    )
    servers = {place(path).name for path in wanted if place(path).kind is Kind.STATUS}
    versions = (
        path.relative_to(repository.root).as_posix()
        for name in servers
        for path in (repository.root / SERVERS / name).glob("*.json")
    )
    there = (path for path in (*beside, *versions) if (repository.root / path).is_file())
    found = _of_working_tree(
        repository.root, dict.fromkeys((*wanted, *there)), touched=frozenset(wanted)
    )
    return replace(found, entries=(*found.entries, *drafts))


def _draft(root: Path, path: str) -> Entry:
    size = (root / path).stat().st_size
    if size > READ_LIMIT:
        return Entry(path, place(path), b"", size=size)
    return Entry(path, place(path), _content(str(root), path))


def of_change(repository: Repository, base: str, head: str) -> Scope:
    """The scope of what merging `head` into `base` would bring.

    To compare with, the namespaces touched are listed as the base has them, and whoever else uses
    a remote's address is looked up: the cost follows the size of the change.
    """
    change = changes.between(repository, base, head)
    names = repository.names(change.base, SERVERS)
    touched = {one.path for one in change.touches if one.path.startswith(f"{SERVERS}/")}
    before = _namespaces(repository, change, names)
    found = _of_objects(repository, _merged(change, before), touched)
    was = _of_objects(repository, [one for one in before if _reader(one.path)], ()).tree
    restored = _of_objects(repository, _restored(change, was, found.tree)).tree.remotes
    used = {**restored, **found.tree.remotes}
    used = {**_rivals(repository, change, used), **used}
    rivals = _of_objects(repository, _sidecars_of(repository, change.base, used, found), ())
    sidecars = {**rivals.tree.sidecars, **found.tree.sidecars}
    tree = Tree(found.tree.files, used, sidecars, touched)
    proposal = Proposal(change=change, namespaces=frozenset(names), mirrored=was.mirrored)
    return Scope(entries=found.entries, tree=tree, read=found.read, proposal=proposal)


def _restored(change: Change, was: Tree, now: Tree) -> list[TreeEntry]:
    """List the entries that are deleted on the base, and that a change of status.yaml brings back."""
    servers = {one.place.name for one in change.touches if one.place.kind is Kind.STATUS}
    return [
        file
        for file, where in now.entries
        if where.name in servers
        and was.status(where.name, where.version) is Status.DELETED
        and now.status(where.name, where.version) is not Status.DELETED
    ]


def _namespaces(repository: Repository, change: Change, names: Iterable[str]) -> list[TreeEntry]:
    """List the base's files of every namespace that the change touches, in any case."""
    wanted = {namespace.lower() for namespace in change.namespaces}
    folders = [f"{SERVERS}/{name}" for name in names if name.lower() in wanted]
    return repository.tree(change.base, *folders) if folders else []


def _merged(change: Change, before: Iterable[TreeEntry]) -> list[TreeEntry]:
    files = {file.path: file for file in before}
    for one in change.touches:
        files.pop(one.path, None)
        if one.action is not Action.REMOVE and one.path.startswith(f"{SERVERS}/"):
            files[one.path] = TreeEntry(one.mode, one.blob, one.path)
    return [files[path] for path in sorted(files)]


def _rivals(
    repository: Repository, change: Change, used: Mapping[str, Remotes]
) -> Mapping[str, Remotes]:
    """Read the base's entries that use one of these addresses."""
    urls = {url for some in used.values() for _, url in some}
    replaced = {one.path for one in change.touches}
    paths = remote_index.users(repository, change.base, urls) - replaced
    files = repository.tree(change.base, *sorted(paths)) if paths else []
    return _of_objects(repository, files).tree.remotes


def _sidecars_of(
    repository: Repository, base: str, entries: Iterable[str], found: Scope
) -> list[TreeEntry]:
    known = {file.path for file, _ in found.tree.files}
    paths = {
        server_path(place(path).name, name)
        for path in set(entries) - known
        for name in (STATUS_FILE, UPSTREAM_FILE)
    }
    return repository.tree(base, *sorted(paths)) if paths else []


def _of_objects(
    repository: Repository, files: Iterable[TreeEntry], touched: Collection[str] | None = None
) -> Scope:
    files = list(files)
    needed = {
        file.blob
        for file in files
        if file.mode in records.FILES
        and (touched is None or file.path in touched or _reader(file.path))
    }
    sizes = repository.sizes(needed)
    unread = {blob: size for blob, size in sizes.items() if size > READ_LIMIT}
    blobs = dict(repository.blobs(sorted(needed - unread.keys())))
    return of_tree(files, lambda blob: blobs.get(blob, b""), unread, touched)


def _of_working_tree(
    root: Path, paths: Iterable[str], touched: Collection[str] | None = None
) -> Scope:
    files, unread = [], {}
    for path in sorted(paths):
        status = os.lstat(f"{root}/{path}")
        files.append(TreeEntry(_mode(status.st_mode), path, path))
        if status.st_size > READ_LIMIT:
            unread[path] = status.st_size
    return of_tree(files, partial(_content, str(root)), unread, touched)


def _content(root: str, path: str) -> bytes:
    # Not through pathlib, which takes longer to join two paths than to read a small file.
    with open(f"{root}/{path}", "rb") as file:  # noqa: PTH123
        return file.read()


def _mode(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return records.SYMLINK
    if stat.S_ISDIR(mode):
        return records.SUBMODULE
    return records.EXECUTABLE if mode & stat.S_IXUSR and os.name != "nt" else REGULAR


def _reader(path: str) -> Callable[[bytes], object] | None:
    return READERS.get(path.rpartition("/")[2])


def _sidecar(path: str, read: Read, large: Mapping[str, int]) -> object:
    reader = _reader(path)
    assert reader is not None
    if path in large:
        return SidecarError(server_json.too_large(large[path], READ_LIMIT))
    try:
        return reader(read(path))
    except SidecarError as error:
        return error
