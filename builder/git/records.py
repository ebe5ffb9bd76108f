"""What git commands are asked, and their output read into values: tree entries, commits, changes, blobs."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, NamedTuple

from builder.git import failures

REGULAR, EXECUTABLE, SYMLINK, SUBMODULE = "100644", "100755", "120000", "160000"
ABSENT = "000000"
FILES = (REGULAR, EXECUTABLE)
LATEST = 253_370_764_800
"""The first second of the year 9999: times after a commit must be writable as well."""

_PIECE = 1 << 20  # bytes taken from git at once


class TreeEntry(NamedTuple):
    """One file of a commit. `blob` is the object id, for a submodule the commit's."""

    mode: str
    blob: str
    path: str


class FileChange(NamedTuple):
    """One path that a commit changed. A side that does not exist has mode ABSENT."""

    old_mode: str
    mode: str
    old_blob: str
    blob: str
    path: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the main line, and what it changed against its first parent.

    `time` is the committer time in seconds since 1970, 0 if git has none that can be written
    as a date.
    """

    sha: str
    time: int
    changes: tuple[FileChange, ...]


@contextmanager
def asked_for(lines: Iterable[str]) -> Iterator[IO[bytes]]:
    """Give what a git command reads, one line for each thing: a file without a name, at its end."""
    with tempfile.TemporaryFile() as file:
        file.writelines(f"{line}\n".encode() for line in lines)
        yield file


def readable_time(text: str) -> int:
    """Read a commit's date as git prints it; 0 for what is missing, negative or past year 9999.

    A commit object may hold any text there: `git hash-object` takes it, and so do most servers.
    """
    try:
        seconds = int(text)
    except ValueError:
        return 0
    return seconds if 0 < seconds <= LATEST else 0


def read_tree_entry(record: str) -> TreeEntry:
    """Return the entry of a record of `git ls-tree`."""
    meta, path = record.split("\t", 1)
    mode, _, blob = meta.split(" ")
    return TreeEntry(mode, blob, path)


def read_blobs(process: Any) -> Iterator[tuple[str, bytes]]:
    """Yield id and content of each blob that `git cat-file --batch` writes.

    Raises RepositoryError for an object that git does not have.
    """
    # In large pieces: to read every header and content by itself takes half as long again.
    stdout: Any = process.stdout
    piece, start, stop = b"", 0, 0
    while True:
        line_end = piece.find(b"\n", start)
        if line_end >= 0:
            blob, kind, *size = piece[start:line_end].decode().split()
            if not size:
                raise failures.missing(blob, kind)
            stop = line_end + 1 + int(size[0])
        if line_end >= 0 and stop < len(piece):  # a line feed follows each
            yield blob, piece[line_end + 1 : stop]
            start = stop + 1
            continue
        more = stdout.read1(max(_PIECE, stop - len(piece)))
        if not more:
            break
        piece, start, stop = piece[start:] + more, 0, 0
    process.wait()


def widen(pipe: IO[bytes]) -> None:
    """Make a pipe hold a whole piece, so that git can go on writing while one is worked on."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):  # Linux
        with suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIECE)


def read_commits(log: Any, times: Mapping[str, int]) -> Iterator[Commit]:
    """Yield the commits that `git log --raw -z --format=%x01%H` writes, with their times."""
    for block in _blocks(log.stdout):
        sha, *records = text(block.removeprefix(b"\x01")).split("\0")
        yield Commit(sha, times[sha], tuple(read_changes(records)))
    log.wait()


def _blocks(stdout: IO[bytes]) -> Iterator[bytes]:
    # \1 starts a commit. It is unambiguous: no path begins a record, the raw line does.
    rest = b""
    for piece in _ahead(stdout):
        *blocks, rest = (rest + piece).split(b"\0\x01")
        yield from blocks
    if rest:
        yield rest


def _ahead(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a stream in a thread of its own, so that git never waits to write.

    Early commits of a registry are quick for git and slow for us, late ones the other way round.
    """
    pieces = SimpleQueue[bytes]()

    def drain() -> None:
        try:
            while piece := stream.read(_PIECE):
                pieces.put(piece)
        finally:
            pieces.put(b"")

    Thread(target=drain, daemon=True).start()
    yield from iter(pieces.get, b"")


def read_changes(records: Sequence[str]) -> Iterator[FileChange]:
    """Yield the changes of `git diff-tree --raw -z`, given as its NUL-terminated records."""
    # A change is two records. The first of a commit comes after a line feed, the last is empty.
    for meta, path in zip(records[::2], records[1::2], strict=False):
        old_mode, mode, old_blob, blob, _ = meta.lstrip("\n").removeprefix(":").split(" ")
        yield FileChange(old_mode, mode, old_blob, blob, path)


def text(path: bytes) -> str:
    """Return a path as text; bytes that are not UTF-8 become half surrogate pairs."""
    return path.decode("utf-8", "surrogateescape")
