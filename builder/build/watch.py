"""A site that follows its repository: each new commit is built soon after it is there.

A process of its own builds, and stays: what a build does once - starting Python, reading templates,
tables and schemas - it has done by the first one, and the tables and orders of all servers it brings
up from those of the last build (staying.py). Readers are served by this process meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from builder.build.build import Result, build
from builder.build.staying import LastCatalogue
from builder.build.trees import BusyError
from builder.git.discovery import discover
from builder.git.remembering import RememberingRepository, remembering
from builder.git.repository import Repository
from builder.model.config import Form
from builder.model.errors import RegistryError
from builder.runtime import processes

EVERY = 0.1
"""Seconds between looks at the files that name the commit; git itself is not asked."""
_PACKED_REFS, _REFTABLE = "packed-refs", "reftable/tables.list"

Told = Callable[[Result | RegistryError], None]
"""Is told what each build did, or why it could do nothing."""


@contextmanager
def watching(repository: Repository, out: Path, jobs: int, told: Told) -> Iterator[None]:
    """Build each new commit of HEAD into `out` while a block runs; it holds the current one already."""
    watcher = _Watcher(repository=repository, out=out, jobs=jobs, told=told)
    thread = threading.Thread(target=watcher.run, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watcher.ends.set()
        thread.join()


@dataclass(slots=True)
class _Watcher:
    repository: Repository
    out: Path
    jobs: int
    told: Told
    ends: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look and build until the end; a build that runs then is finished."""
        # Git's own files are looked at, in the folder of this worktree and in the common one.
        folders = (Path(self.repository.repo.git_dir), self.repository.folder)
        with processes.Resident() as builder:
            builder.start(_prepare)
            seen: tuple[bytes, ...] = ()  # a commit may have come between the first build and now
            while not self.ends.wait(EVERY):
                now = _reference(folders)
                if now != seen and self._build(builder):
                    seen = now

    def _build(self, builder: processes.Resident) -> bool:
        """Build what HEAD names now; return False if another build is in the way."""
        try:
            root = self.repository.root
            self.told(builder.call(partial(build_staying, root, "HEAD", self.out, self.jobs)))
        except BusyError:
            return False
        except RegistryError as error:
            self.told(error)
        except Exception as error:  # a thread that ends would never be missed
            self.told(RegistryError(f"{type(error).__name__}: {error}"))
        return True


def _reference(folders: tuple[Path, Path]) -> tuple[bytes, ...]:
    """Return what changes whenever another commit is checked out or HEAD's branch moves."""
    own, common = folders
    head = _read(own / "HEAD")
    branch = head.removeprefix(b"ref: ").strip().decode("utf-8", "surrogateescape")
    return head, _read(common / branch), _stamp(common / _PACKED_REFS), _stamp(common / _REFTABLE)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError):
        return b""


def _stamp(path: Path) -> bytes:
    try:
        return b"%d" % path.stat().st_mtime_ns
    except OSError:
        return b""


def _prepare() -> None:
    """Do nothing: to be asked is enough for this module, and all that it needs, to be read."""


def build_staying(root: Path, rev: str, out: Path, jobs: int, form: Form = "auto") -> Result:
    """Build a revision in a process that stays, going on from what it keeps of the last one."""
    try:
        return build(_remembering(root), rev, out, jobs, form=form, last=_last(out))
    except BaseException:
        _remembering.cache_clear()  # its git process may be what has failed
        raise


@cache
def _remembering(root: Path) -> RememberingRepository:
    return remembering(discover(root))


@cache
def _last(_out: Path) -> LastCatalogue:
    """Return what this process keeps of the builds into a folder."""
    return LastCatalogue()
