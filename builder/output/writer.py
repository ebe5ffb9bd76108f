"""Pages -> files: the one place that writes a site into a folder.

A site grows in a folder next to the old one and is put in its place at once: whoever reads the old
one never sees half of the new. For `public/` that folder is `.public-next/`. Creating files in a
new folder is also 3 to 7 times faster than in one that was just emptied.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from builder.model.page import Page
from builder.model.page_paths import is_sealed
from builder.output.file_list import FileList, SiteFile, of_files
from builder.output.tree import OutputError, files_below, link_file, remove_tree, sibling
from builder.pack import spool

_RESERVED = {"", ".", ".."}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTree:
    """The folder that pages are written into.

    `sibling_tree`, if any, is a second folder that gets a link to every file that is written.
    With `unknown_contents` the folder holds files of a former site of which no record is left.
    With a `spool` the site is packed: pages go there, and into the folder when all are made.
    """

    folder: Path
    sibling_tree: Path | None = None
    unknown_contents: bool = False
    spool: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPages:
    """What became of some pages: the files they are now, and the paths that had to be written.

    Of pages on their way into packs none: what is written then are packs.
    """

    files: FileList
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSummary:
    """What a build did: the versions published, the files of the site and their bytes, and how
    many files it wrote and removed.
    """

    versions: int
    files: int
    bytes: int
    written: int
    removed: int


class Conflict(Exception):
    """A page's path is taken: by another page, or by a file that no page explains."""


def write_pages(
    target: TargetTree, pages: Iterable[Page], previous: Iterable[SiteFile] = ()
) -> WrittenPages:
    """Write the pages that differ from the files that stand for them in the target already.

    `previous` is what the same maker's pages were. Raises Conflict if a path is taken.
    """
    standing = {file.path: file for file in previous}
    files: dict[str, SiteFile] = {}
    written = []
    for page in pages:
        check_path(page.path, files)
        before = standing.get(page.path)
        if before is not None and page.inputs and before.inputs == page.inputs:
            files[page.path] = before
            continue
        body = page.body
        file = SiteFile(page.path, hashlib.sha256(body).hexdigest(), len(body), page.inputs)
        files[page.path] = file
        if before is not None and before.digest == file.digest:
            continue
        if _put(target, file, body, replaces=before is not None):
            written.append(page.path)
    return WrittenPages(files=of_files([*files.values()]), written=tuple(written))


def check_path(path: str, taken: Container[str]) -> None:
    """Raise Conflict unless a page may have this path, with those that are taken already."""
    if path in taken:
        raise Conflict(f"two pages want the path {path!r}")
    if _RESERVED & set(path.split("/")) or "\0" in path:
        raise Conflict(f"a page cannot have the path {path!r}")


def holds_exactly(folder: Path, files: Iterable[SiteFile]) -> bool:
    """Return whether a folder holds these files and nothing else but signatures, content included."""
    expected = {file.path: file.digest for file in files}
    count = 0
    for path, entry in files_below(folder):
        if is_sealed(path):
            continue
        count += 1
        if not entry.is_file():
            return False
        digest = hashlib.sha256(Path(entry.path).read_bytes()).hexdigest()
        if expected.get(path) != digest:
            return False
    return count == len(expected)


@contextmanager
def failing_cleanly(out: Path) -> Iterator[None]:
    """Turn what goes wrong into an OutputError of one line, and leave nothing by halves."""
    with output_errors(out), leaving_nothing(out):
        yield


@contextmanager
def leaving_nothing(out: Path) -> Iterator[None]:
    """Remove what has grown beside `out` if a conflict or the file system ends it.

    For who holds the lock of a build: what stands there could be another's.
    """
    try:
        yield
    except (Conflict, OSError):
        with suppress(OSError):
            remove_tree(sibling(out, "next"))
            remove_tree(sibling(out, "spool"))
            if not out.exists():  # of a first build there is nothing to go on from
                remove_tree(sibling(out, "spare"))
        raise


@contextmanager
def output_errors(out: Path) -> Iterator[None]:
    """Turn a conflict, or what the file system refuses, into an OutputError of one line."""
    try:
        yield
    except (Conflict, OSError) as error:
        if isinstance(error, Conflict):
            raise OutputError(str(error)) from error
        raise OutputError(
            f"cannot write {error.filename or out}: {error.strerror or error}",
            help="a mount point cannot be replaced, a folder in it can"
            if error.errno == errno.EBUSY
            else None,
        ) from error


def _put(target: TargetTree, file: SiteFile, body: bytes, *, replaces: bool) -> bool:
    """Write a file, unless the same is there already; return whether the folder has a new one."""
    path = file.path
    if target.spool is not None:
        spool.put(target.spool, path, body, file.digest, replaces=replaces)
        return False
    full = f"{target.folder}/{path}"
    if target.unknown_contents and _has_content(full, body):
        return False
    _write(full, body, replaces=replaces or (target.unknown_contents and os.path.lexists(full)))
    if target.sibling_tree is not None:
        _link(full, f"{target.sibling_tree}/{path}")
    return True


def _has_content(path: str, body: bytes) -> bool:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            return file.read() == body
    except OSError:
        return False


def _write(path: str, body: bytes, *, replaces: bool) -> None:
    # Never in place: the old file may be linked into the tree that is being served.
    try:
        if replaces:
            os.unlink(path)  # noqa: PTH108 - in the hot path
        with os.fdopen(_create(path), "wb") as file:
            file.write(body)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise Conflict(f"the path {path!r} is taken: two pages want it") from error


def _link(source: str, target: str) -> None:
    try:
        link_file(source, target)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 - in the hot path
        link_file(source, target)


def _create(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o644)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - in the hot path
        return os.open(path, flags, 0o644)
