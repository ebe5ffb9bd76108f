"""The trust metadata that a copy keeps, as python-tuf lays it out; runs that overlap never set it back.

A run works on metadata of its own and brings what it verified back at once.
"""

from __future__ import annotations

import shutil
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from tuf.api.metadata import Metadata

from builder.pull.folder_lock import changed_meanwhile
from builder.runtime import atomic

ROOT, TIMESTAMP, ETAG = "root.json", "timestamp.json", "timestamp.etag"
MUTABLE = (TIMESTAMP, "snapshot.json", "targets.json")
_ROOTS = "root_history"


def holds_root(folder: Path) -> bool:
    """Return whether a root is trusted already."""
    return (folder / ROOT).exists()


def version(path: Path) -> int:
    """Return the version of a metadata file that was verified; 0 if there is none."""
    return Metadata.from_bytes(path.read_bytes()).signed.version if path.exists() else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingMetadata:
    """What a run works on, in `path`; `folder` is where the copy keeps what counts.

    With `is_given` the user gave the root: it counts whatever is kept. The caller of each method
    holds the copy's lock.
    """

    folder: Path
    path: Path
    is_given: bool

    def take(self) -> None:
        """Take what is kept to work on."""
        for name in (*MUTABLE, ETAG):
            if (self.folder / name).exists():
                shutil.copyfile(self.folder / name, self.path / name)
        if holds_root(self.folder):
            shutil.copytree(self.folder / _ROOTS, self.path / _ROOTS)
            shutil.copy(self.folder / ROOT, self.path / ROOT, follow_symlinks=False)

    def is_overtaken(self) -> bool:
        """Return whether another run keeps newer metadata by now.

        Raises RegistryError if that follows from another root: two first runs, told of two roots.
        """
        if self.is_given or not holds_root(self.folder):
            return False
        kept, ours = (
            (version(place / ROOT), version(place / TIMESTAMP))
            for place in (self.folder, self.path)
        )
        shared = f"{_ROOTS}/{min(kept, ours)[0]}.root.json"
        if _content(self.folder / shared) != _content(self.path / shared):
            raise changed_meanwhile()
        return kept > ours

    def bring_back(self) -> None:
        """Keep what was verified, for the next run to go on from."""
        roots = {path.name: path.read_bytes() for path in (self.path / _ROOTS).iterdir()}
        (self.folder / _ROOTS).mkdir(parents=True, exist_ok=True)
        for name, body in roots.items():
            atomic.write(self.folder / _ROOTS / name, body)
        _link(self.folder / ROOT, (self.path / ROOT).readlink())
        if self.is_given:
            _remove_others(self.folder / _ROOTS, roots)
        for name in (*MUTABLE, ETAG):
            if (self.path / name).exists():
                atomic.write(self.folder / name, (self.path / name).read_bytes())
            else:
                (self.folder / name).unlink(missing_ok=True)


def _remove_others(folder: Path, names: Container[str]) -> None:
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _link(path: Path, target: Path) -> None:
    fresh = path.with_name(f".{path.name}-link")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(path)
