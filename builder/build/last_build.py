"""What a build remembers of the one before, beside its output: `.public-cache/` for `public/`.

Two things, each with all that it depends on. What was read of the repository: it depends on the
builder and on a commit. And the files of the site: they depend on the builder, the settings and,
server by server, on a hash of what its pages are made from; and on the tree of files, which is
named by its inode.

There are two roots. `next` is written before the new tree takes its place, and names it; `root`
names the tree before. Whichever names the tree that is served is the true one, so that a build
may be killed at any moment.
"""

from __future__ import annotations

import fcntl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from builder.build.incremental import blocks, read_makers
from builder.build.source import Reading, Source
from builder.cache.memo import Memo
from builder.cache.store import Cache, Unusable, decode, digests, encode
from builder.catalogue import fingerprint
from builder.catalogue import runs as catalogue_runs
from builder.catalogue.catalogue import Catalogue
from builder.git.repository import Repository
from builder.history import checkpoint
from builder.model.errors import RegistryError
from builder.model.finding import Finding, Severity
from builder.model.sidecars import Namespace
from builder.output import tree as output_tree
from builder.output import writer

FORMAT = 3
Root = Mapping[str, Any]


class BusyError(RegistryError):
    """Another build writes to the same place."""


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Be the only build that writes to `out`, or raise BusyError; a killed one holds nothing."""
    folder = output_tree.beside(out, "cache")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                f"another build is writing {out}", help="wait for it, or name another --out"
            ) from error
        yield


@dataclass(slots=True)
class Memory:
    """The cache beside an output folder, for one builder."""

    out: Path
    builder: str
    cache: Cache

    @classmethod
    def beside(cls, out: Path, builder: str) -> Memory:
        """Open the cache of an output folder for this builder."""
        return cls(out, builder, Cache(output_tree.beside(out, "cache")))

    def recall(self) -> Root | None:
        """Give the root that names the tree at `out`, None if there is none of this builder."""
        roots = [root for name in ("root", "next") if (root := self._root(name)) is not None]
        for root in roots:
            if root["tree"] == identity(self.out):
                return root
        # A folder that was copied or restored: as good as the one it was made from.
        return next((root for root in roots if self._is_whole(root)), None)

    def former(self) -> Root | None:
        """Give the root that names the tree at `out`, whichever builder made it."""
        roots = (self._any_root(name) for name in ("root", "next"))
        now = identity(self.out)
        return next((root for root in roots if root is not None and root["tree"] == now), None)

    def reading(self, root: Root, repository: Repository) -> Reading:
        """Give what was read of the repository; Unusable if that is not whole."""
        state = checkpoint.load(self.cache, root["replay"], repository.blobs)
        namespaces, findings = decode(self.cache.read(root["read"]))
        return Reading(
            state=state,
            namespaces={name: Namespace.model_validate(one) for name, one in namespaces},
            findings=_findings(findings),
        )

    def findings(self, root: Root) -> tuple[Finding, ...]:
        """Read the findings alone; Unusable if they are not whole."""
        return _findings(decode(self.cache.read(root["read"]))[1])

    def remember(self, reading: Reading, known: Root | None) -> dict[str, Any]:
        """Write what was read, on top of what is known; give the parts of a root that name it."""
        namespaces = [
            (name, one.model_dump(mode="json")) for name, one in reading.namespaces.items()
        ]
        findings = [asdict(finding) for finding in reading.findings]
        if known is None or reading.changed is None:
            old: Root = checkpoint.EMPTY
            changed: Collection[str] = reading.state.servers.keys()
        else:
            old, changed = known["replay"], reading.changed
        return {
            "format": FORMAT,
            "builder": self.builder,
            "replay": checkpoint.save(self.cache, reading.state, old, changed),
            "read": self.cache.write(encode([namespaces, findings])),
        }

    def lend(self, loaded: Source, read: Root, known: Root | None) -> Catalogue:
        """Give the catalogue of what was read, with what its pages need not make again.

        `read` is what `remember` gave, `known` the root of a site of the same settings.
        """
        made = Memo(self.cache, known["made"]["memo"]) if known else Memo(self.cache)
        events = loaded.catalogue.events.named(read["replay"]["events"])
        lent = replace(loaded.catalogue, events=events, memo=made)
        runs = catalogue_runs.runs(loaded.reading.state.servers)
        blocks = dict(zip(read["replay"]["servers"], runs, strict=True))
        hashes = fingerprint.servers_by_block(lent, blocks)
        return lent.knowing(fingerprint.servers, hashes)

    def forget(self) -> None:
        """Drop all that is remembered: a block that was altered would not be written again."""
        self.cache.keep(())

    def prepare(self, root: Root) -> None:
        """Write the root of the tree that is about to take its place."""
        self.cache.write_root("next", root)

    def settle(self, root: Root) -> None:
        """Make the root of the tree that has taken its place the only one."""
        self.cache.rename_root("next", "root")
        self.cache.keep(digests(root))

    def _root(self, name: str) -> Root | None:
        root = self._any_root(name)
        return root if root is not None and root["builder"] == self.builder else None

    def _any_root(self, name: str) -> Root | None:
        with suppress(Unusable):
            root: Root = self.cache.root(name)
            return root if root["format"] == FORMAT else None
        return None

    def _is_whole(self, root: Root) -> bool:
        with suppress(Unusable):
            makers = [read_makers(self.cache, block) for block in blocks(root)]
            files = (file for block in makers for _, made in block.values() for file in made)
            return writer.holds(self.out, files)
        return False


def identity(tree: Path) -> list[int] | None:
    """Tell one tree from others, also after it was renamed; None if there is none.

    The time is that of the last change directly in it, so that an emptied tree is another one.
    """
    try:
        status = tree.stat()
    except OSError:
        return None
    return [status.st_dev, status.st_ino, status.st_mtime_ns]


def _findings(rows: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(**{**row, "severity": Severity(row["severity"])}) for row in rows)
