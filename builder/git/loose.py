"""Loose objects: git's own form of a single object, written so that a crash leaves none by halves.

https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_object_storage
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from pathlib import Path


def object_id(kind: str, data: bytes, sha256: bool = False) -> str:
    """Return the id of an object; `kind` is blob, tree or commit."""
    algorithm = hashlib.sha256 if sha256 else hashlib.sha1
    return algorithm(_framed(kind, data), usedforsecurity=False).hexdigest()


def write(objects: Path, id: str, kind: str, data: bytes) -> None:
    """Write an object into a repository's `objects` folder, and on to the disk."""
    target = objects / id[:2] / id[2:]
    if target.exists():
        return
    target.parent.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix="tmp_obj_")
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(zlib.compress(_framed(kind, data), 1))
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o444)
        Path(name).rename(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _framed(kind: str, data: bytes) -> bytes:
    return b"%b %d\0%b" % (kind.encode(), len(data), data)
