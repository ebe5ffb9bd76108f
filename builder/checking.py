"""The files of a commit checked part by part, in other processes while this one does more.

A part is some whole namespaces: what is wrong with one follows from its files alone (names that
differ only in case count as one).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from builder import check, collector, git, parallel
from builder.finding import Finding
from builder.git import Repository, TreeEntry
from builder.path import SERVERS

PART = 4_000
"""Files of a part at least. Checking as many takes 0.2 s, a process 0.5 s to start."""
Part = tuple[TreeEntry, ...]


def group(path: str) -> str:
    """Give the part of servers/ that a path is in, in lower case: what is checked together."""
    return path.removeprefix(f"{SERVERS}/").partition("/")[0].lower()


@contextmanager
def begun(
    repository: Repository, files: Iterable[TreeEntry], jobs: int
) -> Iterator[Iterator[Finding]]:
    """Check these files of whole namespaces in `jobs` processes while a block runs.

    The block gets the findings, to take at its end. With one job they are looked for only then.
    """
    with parallel.beside(partial(_check, repository.root), tuple(parts(files)), jobs) as found:
        yield (finding for part in found for finding in part)


def parts(files: Iterable[TreeEntry]) -> Iterator[Part]:
    """Divide files into parts of whole namespaces."""
    groups: dict[str, list[TreeEntry]] = defaultdict(list)
    for file in files:
        groups[group(file.path)].append(file)
    part: list[TreeEntry] = []
    for some in groups.values():
        part += some
        if len(part) >= PART:
            yield tuple(part)
            part = []
    if part:
        yield tuple(part)


def _check(root: Path, files: Part) -> list[Finding]:
    # Each process reads for itself: sent from another, every blob would be copied twice.
    needed = dict.fromkeys(file.blob for file in files if file.mode in git.FILES)
    with collector.paused():
        blobs = dict(git.discover(root).blobs(needed))
        return check.check_tree(files, blobs.__getitem__)
