"""Which files a check is about, and what must be read with them.

A tree, a working tree, single files or a change (proposal.py) become a `Scope`: the entries to
check one by one, and the files to check against each other. Links are never followed, nothing of
a change is checked out, and a file too large to be right is not read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from builder.git import records, working_tree
from builder.git.records import REGULAR, TreeEntry
from builder.git.repository import Repository
from builder.model import server_json, sidecars
from builder.model.errors import RegistryError
from builder.model.layout import (
    REGISTRY_FOLDERS,
    SERVERS,
    STATUS_FILE,
    UPSTREAM_FILE,
    Kind,
    place,
    server_path,
)
from builder.model.remote_address import remotes
from builder.model.sidecars import SidecarError
from builder.rules.engine.private import NONE, Private
from builder.rules.engine.subject import Entry, Placed, Proposal, Tree
from builder.runtime import gc_pause

READ_LIMIT = 8 * 1024 * 1024
"""Bytes of the largest file that is read. An upstream.json of 10,000 versions has 3 MiB."""

ReadBlob = Callable[[str], bytes]
"""Returns the bytes of a blob by its id."""
Read = Callable[[str], bytes]
"""Returns the bytes of a file by its path, b"" for one that is too large to be read."""


class ScopeTooLarge(NamedTuple):
    """A file that is not read: its size and the limit in bytes."""

    size: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is checked: entries by themselves, files against each other, and of a change itself."""

    entries: tuple[Entry, ...]
    tree: Tree
    read: Read
    proposal: Proposal | None = None


def of_tree(
    files: Iterable[TreeEntry],
    read_blob: ReadBlob,
    too_large: Mapping[str, ScopeTooLarge] | None = None,
    touched: Collection[str] | None = None,
    private: Private = NONE,
) -> Scope:
    """Return the scope of the files of a commit.

    `too_large` names by path those that are not read. With `touched` only these paths are
    checked; the others are there to be compared with. Entries may name the hosts in `private`.
    """
    placed: tuple[Placed, ...] = tuple((file, place(file.path)) for file in files)
    blobs = {file.path: file.blob for file, _ in placed if file.mode in records.FILES}
    unread = too_large or {}

    def read(path: str) -> bytes:
        return b"" if path in unread else read_blob(blobs[path])

    tree = Tree(placed, {}, _sidecars(blobs, read, unread), touched)
    entries = tuple(
        Entry(
            file.path,
            where,
            read(file.path),
            (where.name, where.version) in tree.mirrored,
            unread[file.path].size if file.path in unread else None,
            private,
        )
        for file, where in tree.entries
        if touched is None or file.path in touched
    )
    used = {entry.path: remotes(entry.data) for entry in entries}
    return Scope(entries=entries, tree=replace(tree, remotes=used), read=read)


def allowing(scope: Scope, private: Private) -> Scope:
    """Return a scope whose entries may name the hosts that the registry allows."""
    return replace(scope, entries=tuple(replace(entry, private=private) for entry in scope.entries))


def of_repository(repository: Repository) -> Scope:
    """Return the scope of a whole registry: its working tree, or of a bare one the commit HEAD."""
    with gc_pause.paused():
        return of_files(repository, files(repository))


def files(repository: Repository) -> list[TreeEntry]:
    """List the registry's files in `servers/` and the folders beside it, of the working tree, or of a bare repository's HEAD."""
    if repository.bare:
        return repository.tree(repository.commit("HEAD"), *REGISTRY_FOLDERS)
    present = (
        path for folder in REGISTRY_FOLDERS for path in working_tree.present(repository, folder)
    )
    return [TreeEntry(REGULAR, path, path) for path in present]


def of_files(repository: Repository, listed: Iterable[TreeEntry], private: Private = NONE) -> Scope:
    """Return the scope of files as `files` lists them, all or a part; entries may name hosts in `private`."""
    if repository.bare:
        return of_objects(repository, listed, private=private)
    return _of_working_tree(repository.root, (file.path for file in listed), private=private)


def of_paths(repository: Repository, paths: Iterable[str]) -> Scope:
    """Return the scope of single files of the working tree: these, with their sidecars.

    A file outside `servers/` is the draft of an entry, and is checked by itself.
    """
    named = tuple(dict.fromkeys(paths))
    for path in named:
        if not (repository.root / path).is_symlink() and not (repository.root / path).is_file():
            raise RegistryError(f"there is no file {path}")
    wanted = tuple(path for path in named if path.partition("/")[0] in REGISTRY_FOLDERS)
    drafts = tuple(_draft(repository.root, path) for path in named if path not in wanted)
    sidecar_files = (
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
    present = (path for path in (*sidecar_files, *versions) if (repository.root / path).is_file())
    checked = _of_working_tree(
        repository.root, dict.fromkeys((*wanted, *present)), touched=frozenset(wanted)
    )
    return replace(checked, entries=(*checked.entries, *drafts))


def _draft(root: Path, path: str) -> Entry:
    size = (root / path).stat().st_size
    if size > READ_LIMIT:
        return Entry(path, place(path), b"", size=size)
    return Entry(path, place(path), _content(str(root), path))


def of_objects(
    repository: Repository,
    files: Iterable[TreeEntry],
    touched: Collection[str] | None = None,
    too_large: Mapping[str, ScopeTooLarge] | None = None,
    private: Private = NONE,
) -> Scope:
    """Return the scope of files of a commit, read from git; with `touched` only these paths are checked.

    `too_large` names files that are not read, besides those that are larger than READ_LIMIT.
    """
    files = list(files)
    unread = too_large or {}
    needed = [file for file in files if _is_read(file, touched)]
    wanted = dict.fromkeys(file.blob for file in needed if file.path not in unread)
    blobs, sizes = repository.contents(wanted, READ_LIMIT)
    larger = {
        file.path: ScopeTooLarge(sizes[file.blob], READ_LIMIT)
        for file in needed
        if file.blob in sizes
    }
    return of_tree(files, lambda blob: blobs.get(blob, b""), {**larger, **unread}, touched, private)


def is_sidecar(path: str) -> bool:
    """Return whether a file of this path says something of the entries in its folder, or below it."""
    return sidecars.reader(path) is not None


def _is_read(file: TreeEntry, touched: Collection[str] | None) -> bool:
    asked = touched is None or file.path in touched or is_sidecar(file.path)
    return asked and file.mode in records.FILES


def _of_working_tree(
    root: Path,
    paths: Iterable[str],
    touched: Collection[str] | None = None,
    private: Private = NONE,
) -> Scope:
    files, too_large = [], {}
    for path in sorted(paths):
        status = os.lstat(f"{root}/{path}")
        files.append(TreeEntry(_mode(status.st_mode), path, path))
        if status.st_size > READ_LIMIT:
            too_large[path] = ScopeTooLarge(status.st_size, READ_LIMIT)
    return of_tree(files, partial(_content, str(root)), too_large, touched, private)


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


def _sidecars(
    paths: Iterable[str], read: Read, too_large: Mapping[str, ScopeTooLarge]
) -> dict[str, object]:
    """Read the sidecars among these files: what each says, or why it cannot be read."""
    return {path: _sidecar(path, read, too_large) for path in paths if is_sidecar(path)}


def _sidecar(path: str, read: Read, too_large: Mapping[str, ScopeTooLarge]) -> object:
    if path in too_large:
        return SidecarError(server_json.too_large(*too_large[path]))
    try:
        read_sidecar = sidecars.reader(path)
        return read_sidecar(read(path)) if read_sidecar else None
    except SidecarError as error:
        return error
