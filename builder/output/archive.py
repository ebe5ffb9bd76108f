"""Pages -> one deterministic tar, streamed: what GitHub Pages' upload and `tar -x` take.

POSIX ustar, pax headers for what does not fit; no owner, no folders, mode 644, one time for all.
The same pages give the same bytes on any machine.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from builder.model.page import Page
from builder.output.writer import check_path

_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Members:
    """Some pages as members of a tar: their paths, the size of their content, their blocks."""

    paths: tuple[str, ...]
    size: int
    blocks: bytes


def pack(time: int, pages: Iterable[Page]) -> Members:
    """Make pages members of a tar, all of one time (seconds since 1970)."""
    chosen = tuple(Page(page.path, page.body) for page in pages)
    blocks = b"".join(_member(page, time) for page in chosen)
    return Members(
        paths=tuple(page.path for page in chosen),
        size=sum(len(page.body) for page in chosen),
        blocks=blocks,
    )


def write(parts: Iterable[Members], target: Path) -> None:
    """Write a tar that takes the place of `target` when it is whole.

    Raises Conflict if two pages want one path, OSError if the file system refuses; then `target`
    is as it was.
    """
    fresh = target.absolute().with_name(f".{target.name}-next")
    paths: set[str] = set()
    try:
        with fresh.open("wb") as file:
            for part in parts:
                for path in part.paths:
                    check_path(path, paths)
                    paths.add(path)
                file.write(part.blocks)
            file.write(bytes(2 * tarfile.BLOCKSIZE))
            file.write(bytes(-file.tell() % tarfile.RECORDSIZE))
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _member(page: Page, time: int) -> bytes:
    info = tarfile.TarInfo(page.path)
    info.size, info.mtime, info.mode = len(page.body), time, _MODE
    header = info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
    return b"".join((header, page.body, bytes(-len(page.body) % tarfile.BLOCKSIZE)))
