"""Loose objects: git's own form of a single object, written so that a crash leaves none by halves.

https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_object_storage
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO


def object_id(kind: str, data: bytes, sha256: bool = False) -> str:
    """Return the id of an object; `kind` is blob, tree or commit."""
    algorithm = hashlib.sha256 if sha256 else hashlib.sha1
    return algorithm(_framed(kind, data), usedforsecurity=False).hexdigest()


def write(objects: Path, new: Mapping[str, tuple[str, bytes]], pool: ThreadPoolExecutor) -> None:
    """Write objects, (kind, content) by id, into a repository's `objects` folder and on to the disk.

    The threads of `pool` wait for the disk. None has its name before all are on the disk, where a journal takes them together: one after
    the other, each would wait for it alone.
    """
    targets = {id: objects / id[:2] / id[2:] for id in new}
    with ExitStack() as stack:
        written = {
            target: stack.enter_context(_temporary(target, *new[id]))
            for id, target in targets.items()
            if not target.exists()
        }
        list(pool.map(os.fsync, [file.fileno() for file in written.values()]))
        for target, file in written.items():
            Path(file.name).rename(target)


@contextmanager
def _temporary(target: Path, kind: str, data: bytes) -> Iterator[IO[bytes]]:
    """Yield a file with an object next to where it will stand; what still has its first name at the end goes."""
    target.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix="tmp_obj_", delete=False) as file:
        try:
            file.write(zlib.compress(_framed(kind, data), 1))
            file.flush()
            Path(file.name).chmod(0o444)
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def _framed(kind: str, data: bytes) -> bytes:
    return b"%b %d\0%b" % (kind.encode(), len(data), data)
