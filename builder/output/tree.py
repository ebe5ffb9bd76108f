"""Folders as a whole: a sibling to grow a site in, the exchange with the old one, links and clean-up."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Container, Iterable
from contextlib import suppress
from pathlib import Path

from builder.model.errors import RegistryError

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}


_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


class OutputError(RegistryError):
    """The site cannot be written: two pages for one path, or the file system refuses."""


def strangers(tree: Path, paths: Container[str]) -> list[str]:
    """List the files in a folder that are none of these, in byte order."""
    start = len(os.fspath(tree)) + 1
    return sorted(
        path[start:]
        for folder, _, names in os.walk(tree)
        for name in names
        if (path := f"{folder}/{name}")[start:] not in paths
    )


def beside(out: Path, role: str) -> Path:
    """Name the folder beside `out` that has a role in making it."""
    return out.absolute().with_name(f".{out.absolute().name}-{role}")


def exchange(fresh: Path, out: Path) -> None:
    """Put the folder `fresh` in the place of `out`; afterwards `fresh` is the old one, if any.

    Linux can exchange two names at once (renameat2). Elsewhere there is a moment with neither.
    """
    if not out.exists():
        fresh.rename(out)
    elif not _exchange_at_once(fresh, out):
        old = beside(out, "old")
        out.rename(old)
        fresh.rename(out)
        old.rename(fresh)


def refuse_foreign(out: Path) -> None:
    """Refuse to replace a folder that does not hold a site: it is somebody's own.

    Raises OutputError.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / "index.json").is_file():
        raise OutputError(
            f"{out} is not empty and was not written by mcp-registry",
            help="name another folder with --out, or empty this one",
        )
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is not a folder", help="name another one with --out")


def link(source: Path, target: Path) -> None:
    """Make `target` a second tree of the same files, by hard links."""
    target.mkdir()
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                link(Path(entry.path), target / entry.name)
            else:
                _same(entry.path, target / entry.name)


def align(tree: Path, model: Path, paths: Iterable[str]) -> None:
    """Make some paths of `tree` what they are in `model`, another tree, by hard links."""
    for path in paths:
        (tree / path).unlink(missing_ok=True)
        if (model / path).is_file():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            _same(model / path, tree / path)
        else:
            _prune(tree, path)


def discard(folder: Path, paths: Iterable[str]) -> None:
    """Remove files, and the folders that they leave empty."""
    for path in paths:
        (folder / path).unlink(missing_ok=True)
        _prune(folder, path)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it; nothing if there is none."""
    if folder.exists():
        shutil.rmtree(folder)


def _same(path: str | Path, twin: str | Path) -> None:
    """Make `twin` the same file by a hard link, or a copy where the file system has no links."""
    try:
        os.link(path, twin)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.copyfile(path, twin)


def _prune(folder: Path, path: str) -> None:
    parent = path.rpartition("/")[0]
    with suppress(OSError):
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
