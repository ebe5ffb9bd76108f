"""What stood under a few names of one large folder, in every commit of the main line.

Git would compare the folder of each commit with that of the commit before, entry by entry: 10 s
for 19,000 commits of 15,000 namespaces. A pack holds most of these trees as deltas. A name that
stands in none of the bytes that a delta adds, or brings together, stands where its base has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from struct import error as StructError
from typing import NamedTuple

from builder.git import delta_walk, trees
from builder.git.delta import Edit
from builder.git.packs import PackError, PackPlace, Packs
from builder.git.records import asked_for
from builder.git.repository import Repository

_FOLDER = b"40000 "
_AROUND = 4096
"""How far an entry may move between a tree and its base and is still looked for in its place."""

Standing = tuple[tuple[str, str], ...]
"""The folders of the names that are asked for, with the spelling that they have: name, tree id."""


class NamesChange(NamedTuple):
    """A commit of the main line that changed what stands under the names."""

    commit: str
    before: Mapping[str, str]
    after: Mapping[str, str]


def read(
    repository: Repository, commit: str, folder: str, names: Iterable[str]
) -> list[NamesChange]:
    """Return the first-parent commits that changed what stands under names of a folder.

    Oldest first. Case of letters does not count. Raises PackError where the packs cannot be read.
    """
    line = _line(repository, commit, folder)
    ids = dict.fromkeys(tree for _, tree in line if tree)
    try:
        standing = _standing(repository, ids, names)
    # They are damaged, or were packed anew just now.
    except (OSError, LookupError, StructError) as error:
        raise PackError(f"the packs of {repository.root} cannot be read: {error}") from error
    steps, before = [], dict[str, str]()
    for sha, tree in line:
        after = dict(standing.get(tree, ()))
        if after != before:
            steps.append(NamesChange(sha, before, after))
        before = after
    return steps


def _line(repository: Repository, commit: str, folder: str) -> list[tuple[str, str]]:
    """Return the first-parent line, oldest first: commits, and the ids of the folder's trees.

    The id is empty where a commit has no such folder.
    """
    listed = repository.run(
        "rev_list", "--first-parent", "--reverse", "--format=%H %T", commit, "--"
    )
    lines = [line for line in listed.decode().splitlines() if not line.startswith("commit ")]
    commits = [(sha, root) for sha, _, root in (line.partition(" ") for line in lines)]
    below = _below(repository, dict.fromkeys(root for _, root in commits).keys(), folder)
    return [(sha, below[root]) for sha, root in commits]


def _below(repository: Repository, roots: Set[str], folder: str) -> dict[str, str]:
    """Return the ids of the trees of a folder in these trees, "" where there is none."""
    with asked_for(f"{root}:{folder}" for root in roots) as asked:
        asked.seek(0)
        form = "--batch-check=%(objectname) %(objecttype)"
        printed = repository.run("cat_file", form, "--buffer", istream=asked).decode()
    answers = (line.split(" ") for line in printed.splitlines())
    found = {root: id for root, (id, kind) in zip(roots, answers, strict=True) if kind == "tree"}
    # Git says no more of a tree that is not here itself: to read it tells.
    without = trees.read(repository, roots - found.keys())
    return found | dict.fromkeys(without, "")


def _standing(
    repository: Repository, ids: Iterable[str], names: Iterable[str]
) -> dict[str, Standing]:
    """Return what each of these trees has under the names, in any case."""
    wanted = [bytes.fromhex(id) for id in ids]
    if not wanted:
        return {}
    search = _Search.of(names, len(wanted[0]))
    packs = Packs(repository.folder / "objects", len(wanted[0]))
    places = {id: packs.find(id) for id in wanted}
    known: dict[PackPlace, Entries] = {}
    packed = {id: place for id, place in places.items() if place is not None}
    for place, base, content, edits in delta_walk.walk(packs, packed.values()):
        known[place] = (
            search.entries(content) if base is None else search.after(known[base], content, edits)
        )
    states = {id.hex(): search.standing(known[place]) for id, place in packed.items()}
    loose = [id.hex() for id, place in places.items() if place is None]
    for id, data in repository.blobs(loose) if loose else ():
        states[id] = search.standing(search.entries(data))
    return states


Entries = tuple[tuple[int, bytes], ...]
"""Entries of the names that are asked for: where each stands in the bytes of its tree, and its bytes."""


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for in the bytes of a tree: entries of folders, in lower case up to the id."""

    needles: tuple[bytes, ...]
    id_bytes: int
    reach: int

    @staticmethod
    def of(names: Iterable[str], id_bytes: int) -> _Search:
        lower = {name.lower().encode("utf-8", "surrogateescape") for name in names}
        needles = tuple(b"%b%b\0" % (_FOLDER, name) for name in lower)
        return _Search(needles, id_bytes, max(map(len, needles), default=0) + id_bytes)

    def entries(self, content: bytes | bytearray) -> Entries:
        return tuple(sorted(self._entries(content, content.lower())))

    def _entries(
        self, content: bytes | bytearray, lower: bytes | bytearray
    ) -> Iterator[tuple[int, bytes]]:
        for needle in self.needles:
            position = lower.find(needle)
            while position >= 0:
                end = position + len(needle) + self.id_bytes
                yield position, bytes(content[position:end])
                position = lower.find(needle, end)

    def after(self, base: Entries, content: bytearray, edits: Iterable[Edit]) -> Entries:
        """Return the entries of a tree that edits made of another."""
        reach, moved = self.reach, 0
        pieces = []
        # What is not in the base in one piece has an edit in it, or two that are near each other.
        for start, stop, data in edits:
            at = start + moved
            pieces.append(content[max(0, at - reach) : at + len(data) + reach])
            moved += len(data) - (stop - start)
        seams = b"".join(pieces).lower()
        if not any(needle in seams for needle in self.needles):
            found = tuple(
                (content.find(entry, max(0, at - _AROUND), at + _AROUND), entry)
                for at, entry in base
            )
            if all(at >= 0 for at, _ in found):
                return found
        return self.entries(content)

    def standing(self, entries: Entries) -> Standing:
        start, end = len(_FOLDER), -self.id_bytes
        return tuple(
            (trees.text(entry[start : end - 1]), entry[end:].hex()) for _, entry in entries
        )


def removed(
    repository: Repository, folder: str, steps: Sequence[NamesChange]
) -> Iterator[tuple[str, str, str]]:
    """Yield the files that these steps removed: commit, path and the object id they had.

    In the order of the steps, and in byte order of the paths in each.
    """
    level = [
        (number, f"{folder}/{name}/".encode("utf-8", "surrogateescape"), tree, step.after.get(name))
        for number, step in enumerate(steps)
        for name, tree in step.before.items()
        if step.after.get(name) != tree
    ]
    files: list[tuple[int, bytes, str]] = []
    while level:
        ids = (id for _, _, old, new in level for id in (old, new) if id)
        folders = trees.read(repository, ids)
        below = []
        for number, path, old, new in level:
            remaining = folders[new] if new else frozenset()
            now = {entry[1]: trees.node(entry) for entry in remaining}
            for entry in folders[old] - remaining:
                was, there = trees.node(entry), now.get(entry[1])
                if was.is_folder:
                    kept = there.id if there and there.is_folder else None
                    below.append((number, path + entry[1] + b"/", was.id, kept))
                elif there is None or there.is_folder:
                    files.append((number, path + entry[1], was.id))
        level = below
    for number, path, id in sorted(files):
        yield steps[number].commit, trees.text(path), id
