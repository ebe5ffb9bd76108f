"""The files of a built site in either form: a folder with a file for each address, or packs."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from builder.pack.document import GZIP
from builder.pack.file import DamagedPack
from builder.pack.reader import PackedSite, is_packed


class Replaced(Exception):
    """The site is no longer what its index says: a build has put another in its place."""


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file of the site. `compressed` are its bytes as gzip, `digest` its entity tag, if at hand."""

    name: str
    body: bytes
    compressed: bytes = b""
    digest: str = ""


class SiteFiles(Protocol):
    """The files of one build of a site, by their paths without a slash at the start."""

    def find(self, path: str) -> ServedFile | None:
        """Return the file at a path, None if there is none."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a file that must be there."""


def site_files(folder: Path) -> SiteFiles:
    """Return the files of a site, whichever form it has."""
    plain = _FolderFiles(folder)
    return _PackedFiles(PackedSite(folder), plain) if is_packed(folder) else plain


@dataclass(frozen=True, slots=True)
class _FolderFiles:
    folder: Path

    def find(self, path: str) -> ServedFile | None:
        """A symbolic link that leads out of the folder is no file of the site."""
        target = f"{self.folder}/{path}"
        try:
            if not stat.S_ISREG(os.stat(target).st_mode):  # noqa: PTH116
                return None
            if not os.path.realpath(target).startswith(f"{self.folder}/"):
                return None
            return ServedFile(path.rpartition("/")[2], Path(target).read_bytes())
        except (OSError, ValueError):
            return None

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()


@dataclass(frozen=True, slots=True)
class _PackedFiles:
    packed: PackedSite
    plain: _FolderFiles

    def find(self, path: str) -> ServedFile | None:
        try:
            stored = self.packed.find(path)
        except (DamagedPack, FileNotFoundError) as error:
            raise Replaced from error
        if stored is None:
            return self.plain.find(path)
        compressed = stored.stored if stored.encoding == GZIP else b""
        return ServedFile(path.rpartition("/")[2], stored.body, compressed, stored.digest)

    def read(self, path: str) -> bytes:
        file = self.find(path)
        if file is None:
            raise FileNotFoundError(path)
        return file.body
