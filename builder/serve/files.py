"""The files of a built site in either form: a folder with a file for each address, or packs."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Protocol

from builder.model.errors import RegistryError
from builder.pack.document import GZIP
from builder.pack.file import DamagedPack
from builder.pack.index import INDEX
from builder.pack.reader import PackedSite, is_packed


class Replaced(RegistryError):
    """The site is not what its index says: a build has put another in its place, or it is damaged."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"the site is damaged: {reason}", help="build it, or copy it, again")


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file of the site. `compressed` are its bytes as gzip, `digest` its entity tag, if at hand.

    `source` is the path of the file that it was read from, or that says where, "" if there is none;
    `state` is what that was just before.
    """

    name: str
    body: bytes
    compressed: bytes = b""
    digest: str = ""
    source: str = ""
    state: FileState | None = None


FileState = tuple[int, int, int]
"""What tells a file from others at the same path, and from itself after a change."""


def file_state(path: str) -> FileState | None:
    """Return the state of a file, None if there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - for each request
    except OSError:
        return None
    return _state(status)


def _real_path(file: FileIO) -> str:
    """Return where an open file is, with all links followed."""
    try:
        # Linux knows it: to look at each folder above takes six times as long.
        return os.readlink(f"/proc/self/fd/{file.fileno()}")  # noqa: PTH115
    except OSError:
        return os.path.realpath(str(file.name))


def _state(status: os.stat_result) -> FileState:
    return status.st_ino, status.st_mtime_ns, status.st_size


class SiteFiles(Protocol):
    """The files of one build of a site, by their paths without a slash at the start."""

    def find(self, path: str) -> ServedFile | None:
        """Return the file at a path, None if there is none."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a file that must be there."""


def site_files(folder: Path) -> SiteFiles:
    """Return the files of a site, whichever form it has."""
    plain = _FolderFiles(folder)
    if not is_packed(folder):
        return plain
    index = str(folder / INDEX)
    state = file_state(index)
    try:
        packed = PackedSite(folder)
    except (DamagedPack, OSError) as error:
        raise Replaced(error) from error
    return _PackedFiles(packed, plain, index, state)


@dataclass(frozen=True, slots=True)
class _FolderFiles:
    folder: Path

    def find(self, path: str) -> ServedFile | None:
        """A symbolic link that leads out of the folder is no file of the site."""
        target = f"{self.folder}/{path}"
        try:
            status = os.stat(target)  # noqa: PTH116
            if not stat.S_ISREG(status.st_mode):
                return None
            with FileIO(target) as file:
                if not _real_path(file).startswith(f"{self.folder}/"):
                    return None
                body = file.readall()
        except (OSError, ValueError):
            return None
        return ServedFile(path.rpartition("/")[2], body, source=target, state=_state(status))

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()


@dataclass(frozen=True, slots=True)
class _PackedFiles:
    packed: PackedSite
    plain: _FolderFiles
    index: str
    state: FileState | None

    def find(self, path: str) -> ServedFile | None:
        try:
            found = self.packed.read(path)
        except DamagedPack as error:
            raise Replaced(error) from error
        if found is None:
            return self.plain.find(path)
        stored, body = found
        compressed = stored.stored if stored.encoding == GZIP else b""
        name = path.rpartition("/")[2]
        return ServedFile(name, body, compressed, stored.digest, self.index, self.state)

    def read(self, path: str) -> bytes:
        file = self.find(path)
        if file is None:
            raise FileNotFoundError(path)
        return file.body
