"""Many objects read at once: git writes them into a file, from which they are cut.

Through a pipe git and its reader wake each other for every few kilobytes: that takes half as long again.
"""

from __future__ import annotations

import mmap
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

from builder.git import failures
from builder.git.records import asked_for
from builder.model.errors import RepositoryError

if TYPE_CHECKING:
    from git import Git

_COMMAND = ("cat-file", "--batch", "--buffer")

Contents = tuple[dict[str, bytes], dict[str, int]]
"""Objects by id: the contents of those that were read, the sizes of those that are too large to be."""


def read(git: Git, ids: Iterable[str], most: int) -> Contents:
    """Read objects of the repository that GitPython's `git` asks, but for those of more than `most` bytes.

    RepositoryError if one is missing.
    """
    with asked_for(ids) as asked, tempfile.TemporaryFile() as written:
        if not asked.tell():
            return {}, {}
        asked.seek(0)
        done = subprocess.run(
            (git.GIT_PYTHON_GIT_EXECUTABLE or "git", *_COMMAND),
            cwd=git.working_dir,
            env={**os.environ, **git.environment()},
            stdin=asked,
            stdout=written,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode:
            raise RepositoryError(f"git cat-file: {done.stderr.decode('utf-8', 'replace').strip()}")
        return _cut(written, most)


def _cut(written: IO[bytes], most: int) -> Contents:
    contents, sizes = {}, {}
    with mmap.mmap(written.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for id, start, size in _objects(data):
            if size > most:
                sizes[id] = size
            else:
                contents[id] = data[start : start + size]
    return contents, sizes


def _objects(data: mmap.mmap) -> Iterator[tuple[str, int, int]]:
    """Yield id, place and size of each object."""
    start = 0
    while start < len(data):
        line_end = data.find(b"\n", start)
        id, kind, *size = data[start:line_end].decode().split()
        if not size:
            raise failures.missing(id, kind)
        yield id, line_end + 1, int(size[0])
        start = line_end + 2 + int(size[0])  # a line feed follows each
