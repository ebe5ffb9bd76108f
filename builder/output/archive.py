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
from builder.runtime import atomic

_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Members:
    """Pages as members of a tar: their paths, the bytes of their content, their blocks."""

    paths: tuple[str, ...]
    size: int
    blocks: bytes


def members(time: int, pages: Iterable[Page]) -> Members:
    """Return pages as members of a tar, all of one time (seconds since 1970)."""
    made = [(page.path, page.body) for page in pages]
    return Members(
        paths=tuple(path for path, _ in made),
        size=sum(len(body) for _, body in made),
        blocks=b"".join(_member(path, body, time) for path, body in made),
    )


def write(parts: Iterable[Members], target: Path) -> None:
    """Write a tar that takes the place of `target` when it is whole.

    Raises Conflict if two pages want one path, OSError if the file system refuses; then `target`
    is as it was.
    """
    target = target.absolute()
    atomic.remove_abandoned(target)
    paths: set[str] = set()
    with atomic.replacing(target) as file:
        for part in parts:
            for path in part.paths:
                check_path(path, paths)
                paths.add(path)
            file.write(part.blocks)
        file.write(bytes(2 * tarfile.BLOCKSIZE))
        file.write(bytes(-file.tell() % tarfile.RECORDSIZE))


def file_member(path: str, body: bytes) -> bytes:
    """Return one file as a member, dated 1970, for what is said about others in an archive."""
    return _member(path, body, 0)


def _member(path: str, body: bytes, time: int) -> bytes:
    info = tarfile.TarInfo(path)
    info.size, info.mtime, info.mode = len(body), time, _MODE
    header = info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
    return b"".join((header, body, bytes(-len(body) % tarfile.BLOCKSIZE)))
