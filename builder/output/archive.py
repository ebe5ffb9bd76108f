"""Pages -> one deterministic tar, streamed: what GitHub Pages' upload and `tar -x` take.

POSIX ustar, pax headers for what does not fit; no owner, no folders, mode 644, one time for all.
The same pages give the same bytes on any machine.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from builder.model.page import Page
from builder.output.writer import check_path
from builder.runtime import atomic

_MODE = 0o644
_BLANK = ord(" ")  # stands for each byte of the checksum while it is added up


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
    is_short = path.isascii() and len(path) <= tarfile.LENGTH_NAME
    header = (_short_header if is_short else _header)(path, len(body), time)
    return b"".join((header, body, bytes(-len(body) % tarfile.BLOCKSIZE)))


def _header(path: str, size: int, time: int) -> bytes:
    info = tarfile.TarInfo(path)
    info.size, info.mtime, info.mode = size, time, _MODE
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _short_header(path: str, size: int, time: int) -> bytes:
    """Return the header of a file whose path fits into it; `_header` takes twenty times as long.

    Between such headers the path, the size and the checksum (the sum of all bytes) differ alone.
    """
    parts = _unchanging(time)
    name, digits = path.encode(), b"%011o\0" % size
    checksum = parts.sum + sum(name) + sum(digits)
    padded = name.ljust(tarfile.LENGTH_NAME, b"\0")
    return b"".join((padded, parts.mode, digits, parts.time, b"%06o\0" % checksum, parts.rest))


class _Unchanging(NamedTuple):
    """What is the same in the headers of files of one time, and the sum of its bytes."""

    mode: bytes
    time: bytes
    rest: bytes
    sum: int


@lru_cache(maxsize=2)
def _unchanging(time: int) -> _Unchanging:
    # https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html: mode and owner begin at 100,
    # the size at 124, the time at 136, the checksum at 148 (six digits and a NUL), the rest at 155.
    header = _header("", 0, time)
    mode, when, rest = header[100:124], header[136:148], header[155:]
    return _Unchanging(mode, when, rest, sum(mode) + sum(when) + sum(rest) + _BLANK * 7)
