"""Folders as a whole: siblings of the output folder, the exchange with it, hard links, removal."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import orjson

from builder.model.errors import RegistryError
from builder.model.page_paths import ATTESTATION, MANIFEST, SEALS, TRUST

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


DEPLOY_STATE = ".deploy"
"""The folder in which a deploy notes what it has put there; readers have no business with it."""


class OutputError(RegistryError):
    """The site cannot be written: two pages for one path, or the file system refuses."""


def refuse_foreign(out: Path) -> None:
    """Raise OutputError if a folder holds something else than a site: it is not ours to replace."""
    if out.is_dir() and any(out.iterdir()) and not _is_ours(out):
        raise OutputError(
            f"{out} is not empty and was not written by mcp-registry",
            help="name another folder, or empty this one",
        )
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is not a folder", help="name another one")


def _is_ours(out: Path) -> bool:
    """Return whether a folder holds a site: many a folder has an `index.json`, that of a site may be damaged."""
    try:
        body = (out / "index.json").read_bytes()
    except OSError:
        return False
    if sibling(out, "cache").is_dir() or (out / DEPLOY_STATE).is_dir():
        return True  # a build or a deploy was here
    try:
        index = orjson.loads(body)
    except ValueError:
        return False
    return isinstance(index, dict) and {"generation", "resources"} <= index.keys()


def sibling(out: Path, role: str) -> Path:
    """Return the path next to `out` for what making it needs: `.public-next` for `public`."""
    return out.absolute().with_name(f".{out.absolute().name}-{role}")


def exchange(fresh: Path, out: Path) -> None:
    """Put the folder `fresh` in the place of `out`; afterwards `fresh` is the old one, if any.

    Linux can exchange two names at once (renameat2). Elsewhere there is a moment with neither.
    """
    if not out.exists():
        fresh.rename(out)
    elif not _exchange_at_once(fresh, out):
        old = sibling(out, "old")
        out.rename(old)
        fresh.rename(out)
        old.rename(fresh)


def link_tree(source: Path, target: Path) -> None:
    """Make the new folder `target` a second tree of the same files, by hard links."""
    target.mkdir()
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                link_tree(Path(entry.path), target / entry.name)
            else:
                link_file(entry.path, target / entry.name)


def link_paths(source: Path, target: Path, paths: Iterable[str]) -> None:
    """Make some paths of `target` what they are in `source`: the same files, or nothing."""
    for path in paths:
        (target / path).unlink(missing_ok=True)
        if (source / path).is_file():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            link_file(source / path, target / path)
        else:
            _remove_empty_parents(target, path)


def link_file(source: str | Path, target: str | Path) -> None:
    """Make `target` the same file by a hard link, or a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copyfile(source, target)


def files_below(folder: str | Path, leave_out: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield the path of every file below a folder, and its entry; `leave_out` is a folder in it."""
    folders = [""]
    while folders:
        parent = folders.pop()
        with os.scandir(f"{folder}/{parent}") as entries:
            for entry in entries:
                path = f"{parent}{entry.name}"
                if not entry.is_dir(follow_symlinks=False):
                    yield path, entry
                elif path != leave_out:
                    folders.append(f"{path}/")


def unexpected_files(folder: Path, expected: Container[str]) -> list[str]:
    """Return the paths of files in a folder that are not expected there, in byte order."""
    return sorted(path for path, _ in files_below(folder) if path not in expected)


def remove_files(folder: Path, paths: Iterable[str]) -> None:
    """Remove files, and the folders that they leave empty."""
    for path in paths:
        (folder / path).unlink(missing_ok=True)
        _remove_empty_parents(folder, path)


def remove_seals(folder: Path) -> None:
    """Remove what was signed: it is about the site that the tree was until now."""
    for own in folder.glob("v0.1/x/*"):
        for folder_name in (TRUST, MANIFEST):
            remove_tree(own / folder_name)
        for name in (*SEALS, ATTESTATION):
            (own / name).unlink(missing_ok=True)


def remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it; do nothing if there is none."""
    if folder.exists():
        shutil.rmtree(folder)


def _remove_empty_parents(folder: Path, path: str) -> None:
    parent = path.rpartition("/")[0]
    with suppress(OSError):  # not empty
        while parent:
            (folder / parent).rmdir()
            parent = parent.rpartition("/")[0]


def _exchange_at_once(left: Path, right: Path) -> bool:
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    paths = os.fsencode(left), os.fsencode(right)
    return bool(
        renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], ctypes.c_uint(_RENAME_EXCHANGE)) == 0
    )
