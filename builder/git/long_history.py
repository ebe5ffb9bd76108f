"""The commits of a long main line, and what each changed in one large folder and beside it.

`git log` compares the folder of each commit with the one before, entry by entry: 12 s of processor for
19,000 commits of 15,000 namespaces. Here the folders are put together from the deltas of packs, compared
by their bytes, and git compares what stands below the entries that differ: half of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from struct import error as StructError
from typing import NamedTuple

from builder.git import delta, records, trees
from builder.git.delta_chains import DeltaChains
from builder.git.discovery import discover
from builder.git.folder_differences import LargeFolder
from builder.git.packs import PackError, Packs
from builder.git.records import Commit, FileChange
from builder.git.repository import Repository
from builder.runtime import processes

LONG = 5_000
"""Commits of a line from which on this is faster."""
_RUN = 1_000
_SHA1_DIGITS = 40
_MOST_LOOSE = 64


class _Step(NamedTuple):
    """A commit of the line: its id, its date, and the ids of its tree and of the folder ("": none).

    Before the first one stands one without id and files.
    """

    sha: str
    time: int
    root: str
    folder: str


class _Pair(NamedTuple):
    """Two trees that git is to compare: the number of the commit in its run, and where they stand."""

    number: int
    prefix: str
    old: str
    new: str


class _Compared(NamedTuple):
    """A run of commits, after the one before it: its pairs, and what git printed of them."""

    steps: Sequence[_Step]
    pairs: Sequence[_Pair]
    printed: bytes


def read(
    repository: Repository, rev: str, folder: str, jobs: int, long: int = LONG
) -> Iterator[Commit]:
    """Yield what `Repository.history` yields; a line of fewer than `long` commits, or what packs do not
    hold so, is left to git. With more than one job another process reads.
    """
    done = None
    compared = partial(_compared, repository.root, folder)
    try:
        line = _line(repository, rev, folder) if len(repository.first_parents(rev)) >= long else []
        runs = [line[start : start + _RUN + 1] for start in range(0, len(line) - 1, _RUN)]
        with processes.alongside(compared, runs, min(jobs, 2)) as read:
            for run in read:
                for commit in _commits(run):
                    yield commit
                    done = commit.sha
            if line:
                return
    except PackError:
        pass
    yield from repository.history(rev, since=done)


def _line(repository: Repository, rev: str, folder: str) -> list[_Step]:
    asked = ("--first-parent", "--reverse", "--timestamp", "--format=%T", rev, "--")
    listed = repository.run("rev_list", *asked).decode().splitlines()
    # Of each a line with its time, "commit" and its id, and one with its tree.
    lines = [(*line.split(" "), root) for line, root in zip(listed[::2], listed[1::2], strict=True)]
    name = folder.encode()
    below = {
        root: next((e[2].hex() for e in entries if e[1] == name and trees.node(e).is_folder), "")
        for root, entries in trees.read(repository, (root for *_, root in lines)).items()
    }
    first = _Step("", 0, trees.tree_id(b"", lines[0][-1]), "")
    steps = (_Step(sha, records.readable_time(at), root, below[root]) for at, _, sha, root in lines)
    return [first, *steps]


def _compared(root: Path, folder: str, run: Sequence[_Step]) -> _Compared:
    """Compare each commit of a run with the one before."""
    repository = discover(root)
    try:
        contents = _Contents(repository, [step.folder for step in run if step.folder])
        pairs = tuple(_pairs(repository, run, folder, contents))
    # Packs are damaged, or were packed anew just now.
    except (OSError, IndexError, StructError) as error:
        raise PackError(f"the packs of {root} cannot be read: {error}") from error
    with records.asked_for(f"{pair.old} {pair.new}" for pair in pairs) as asked:
        asked.seek(0)
        options = ("--stdin", "-r", "-z", "--raw", "--no-abbrev", "--no-renames")
        printed = repository.run("diff_tree", *options, istream=asked) if pairs else b""
    return _Compared(run, pairs, printed)


def _pairs(
    repository: Repository, run: Sequence[_Step], folder: str, contents: _Contents
) -> Iterator[_Pair]:
    """Yield the trees that git is to compare: of the folder those that differ, else the whole commits."""
    roots = trees.read(repository, (step.root for step in run))
    nothing = trees.tree_id(b"", run[0].root)
    before, large = run[0], LargeFolder(contents.of(run[0].folder))
    for number, step in enumerate(run[1:], 1):
        if step.folder != before.folder:
            differences, large = large.differences(contents.of(step.folder))
        else:
            differences = []
        beside = roots[before.root] ^ roots[step.root]
        sides = {thing[0] for one in differences for thing in (one.old, one.new) if thing}
        own = all(one[1] == folder.encode() and trees.node(one).is_folder for one in beside)
        if own and sides <= {b"40000"}:
            for name, old, new in differences:
                prefix = f"{folder}/{trees.text(name)}/"
                yield _Pair(number, prefix, old[1] if old else nothing, new[1] if new else nothing)
        elif step.root != before.root:
            yield _Pair(number, "", before.root, step.root)
        before = step


class _Contents:
    """The bytes of trees, put together from packs; PackError where many of them are in no pack."""

    def __init__(self, repository: Repository, ids: Sequence[str]) -> None:
        if ids and len(ids[0]) != _SHA1_DIGITS:
            raise PackError("ids of another length")
        packs = Packs(repository.folder / "objects", _SHA1_DIGITS // 2)
        self._places = {id: packs.find(bytes.fromhex(id)) for id in ids}
        loose = [id for id, place in self._places.items() if place is None]
        if len(loose) > _MOST_LOOSE:
            raise PackError("trees are in no pack")
        self._loose = dict(repository.blobs(loose)) if loose else {}
        self._chains = DeltaChains(packs, _content, len)

    def of(self, id: str) -> bytes:
        """Return the bytes of a tree; none for no tree."""
        place = self._places[id] if id else None
        return self._chains.read(place) if place else self._loose.get(id, b"")


def _content(base: bytes | None, data: bytes) -> bytes:
    return data if base is None else delta.apply(base, data).content


def _commits(run: _Compared) -> Iterator[Commit]:
    """Yield the commits of a run, but for the one before it."""
    changes: list[list[FileChange]] = [[] for _ in run.steps]
    for pair, change in _printed(run):
        changes[pair.number].append(change._replace(path=pair.prefix + change.path))
    for step, changed in list(zip(run.steps, changes, strict=True))[1:]:
        yield Commit(step.sha, step.time, tuple(changed))


def _printed(run: _Compared) -> Iterator[tuple[_Pair, FileChange]]:
    """Yield what differs between the trees of each pair: git names the trees in a line before."""
    number = -1
    fields = records.text(run.printed).split("\0")
    for meta, path in zip(fields[::2], fields[1::2], strict=False):
        number += meta.count("\n")
        yield from ((run.pairs[number], one) for one in records.read_changes((_record(meta), path)))


def _record(meta: str) -> str:
    return meta.rpartition("\n")[2]
