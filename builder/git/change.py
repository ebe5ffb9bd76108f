"""What a proposed change would bring to the registry: paths, by namespace, as git objects.

A change is what differs between the merge base and the head. It is trees that are compared,
never patch text; a rename is a removal and an addition; the list is complete, or there is none.

What merging brings is exactly this, as long as there is one merge base, no touched path differs
between it and the base branch, and the head's tree is the merge base's with these files: an
untouched path stays as the base has it, a touched one becomes what the head has. These
conditions are values here (`merge_bases`, `stale`, `unlisted`), as is a bound that was met
(`excess`), and the verdict refuses a change that breaks one.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from builder.git import commits, trees
from builder.git.bounds import KIB, PUBLISHER, ChangeBounds, Excess, require
from builder.git.comparison import compare
from builder.git.records import ABSENT, FILES, FileChange
from builder.git.repository import Repository
from builder.model.layout import CONFIG, OPERATOR_FOLDERS, SERVERS, Kind, Place, place

SIGNATURE_BYTES = 4 * KIB
BUNDLE_BYTES = 64 * KIB
SIDECAR_BYTES = 256 * KIB


class Action(enum.Enum):
    """What happens to one file."""

    ADD = enum.auto()
    REPLACE = enum.auto()
    """Other bytes, or another file mode."""
    REMOVE = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One file that a change touches. `mode` and `blob` are the head's, ABSENT and 0s if removed."""

    path: str
    place: Place
    action: Action
    mode: str
    blob: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change from `base` to `head`, both full commit ids.

    `commits` are those that the head brings along, newest first. `stale` are touched paths that
    the base branch has changed since the head left it, `unlisted` folders of the head with
    something in them that no list of files names. `excess` is the bound that was met, if any:
    then there are no touches. `sizes` are those of the touched files that are read, by blob.
    """

    base: str
    head: str
    merge_bases: tuple[str, ...]
    touches: tuple[Touch, ...] = ()
    commits: tuple[str, ...] = ()
    stale: frozenset[str] = frozenset()
    unlisted: tuple[str, ...] = ()
    excess: Excess | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)
    bounds: ChangeBounds = PUBLISHER

    @cached_property
    def namespaces(self) -> Mapping[str, tuple[Touch, ...]]:
        """The touched files of each namespace, in byte order of the namespaces."""
        touches = defaultdict(list)
        for touch in self.touches:
            if touch.place.namespace:
                touches[touch.place.namespace].append(touch)
        return {namespace: tuple(touches[namespace]) for namespace in sorted(touches)}

    @cached_property
    def outside(self) -> tuple[Touch, ...]:
        """Touched files that are no publisher's: everything but servers/<namespace>/."""
        return tuple(
            touch
            for touch in self.touches
            if not touch.path.startswith(f"{SERVERS}/") or touch.place.kind is Kind.KEEP
        )

    @cached_property
    def stray(self) -> tuple[Touch, ...]:
        """Touched files in servers/ that no path of the registry's layout names."""
        return tuple(
            touch
            for touch in self.touches
            if touch.place.kind is Kind.STRAY and touch.path.startswith(f"{SERVERS}/")
        )


def between(
    repository: Repository, base: str, head: str, bounds: ChangeBounds = PUBLISHER
) -> Change:
    """Read the change that merging `head` into `base` would bring; both are revisions.

    RepositoryError if there is no such commit, or if a shallow clone lacks the common one. Two
    commits that share no history give a change with no merge base and no touches.
    """
    base, head = repository.commit(base), repository.commit(head)
    ancestors = tuple(repository.merge_bases(base, head))
    change = Change(base=base, head=head, merge_bases=ancestors, bounds=bounds)
    if len(ancestors) != 1:
        repository.require_full_history()
        return change
    try:
        return _read(repository, change)
    except Excess as excess:
        return replace(change, excess=excess)


def read_limit(kind: Kind, bounds: ChangeBounds) -> int:
    """Return the size in bytes up to which a file of this kind is read."""
    if kind is Kind.SIGNATURE:
        return SIGNATURE_BYTES
    if kind is Kind.BUNDLE:
        return BUNDLE_BYTES
    return _limits(bounds).get(kind, SIDECAR_BYTES)


def _limits(bounds: ChangeBounds) -> Mapping[Kind, int]:
    return {
        Kind.ENTRY: bounds.entry,
        Kind.UPSTREAM: bounds.sidecars,
        Kind.BLOCKS: bounds.sidecars,
    }


def _read(repository: Repository, change: Change) -> Change:
    """Read what a change touches, within its bounds; Excess at the first that is met."""
    (ancestor,), head, bounds = change.merge_bases, change.head, change.bounds
    brought = commits.proposed(repository, change.base, head, bounds)
    if len(brought) > 1:
        commits.require_small(repository, change.base, head, bounds)
    roots = trees.root(repository, ancestor), trees.root(repository, head)
    compared = compare(repository, *roots, bounds)
    touches = tuple(map(_touch, compared.changes))
    namespaces = len({touch.place.namespace for touch in touches} - {""})
    require(namespaces, bounds.namespaces, "namespaces are touched", "too-many-files")
    return replace(
        change,
        touches=touches,
        commits=brought,
        stale=frozenset(_stale(repository, change, touches)),
        unlisted=compared.unlisted,
        sizes=_sizes(repository, touches, bounds),
    )


def _sizes(
    repository: Repository, touches: Iterable[Touch], bounds: ChangeBounds
) -> dict[str, int]:
    """Return the sizes of the touched files that are read, by blob; Excess if they are too much."""
    read = [touch for touch in touches if touch.mode in FILES and _is_read(touch)]
    sizes = trees.sizes(repository, (touch.blob for touch in read))
    entries = sidecars = 0
    for touch in read:
        size = sizes[touch.blob]
        if size > read_limit(touch.place.kind, bounds):
            continue
        if touch.place.kind in (Kind.ENTRY, Kind.SIGNATURE, Kind.BUNDLE):
            entries += size
        else:
            sidecars += size
    require(entries, bounds.entries, "bytes of entries")
    require(sidecars, bounds.sidecars, "bytes of sidecars")
    return sizes


def _is_read(touch: Touch) -> bool:
    folder = touch.path.partition("/")[0]
    return bool(touch.place.namespace) or touch.path == CONFIG or folder in OPERATOR_FOLDERS


def _stale(repository: Repository, change: Change, touches: Iterable[Touch]) -> Iterator[str]:
    """List the touched paths that the base branch has changed, or made a folder or a file of."""
    (ancestor,) = change.merge_bases
    if ancestor == change.base:
        return
    moved = {moved_file.path for moved_file in repository.changes(ancestor, change.base)}
    folders = {folder for path in moved for folder in _folders(path)}
    for touch in touches:
        if touch.path in moved or touch.path in folders or moved.intersection(_folders(touch.path)):
            yield touch.path


def _folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _touch(difference: FileChange) -> Touch:
    if difference.mode == ABSENT:
        action = Action.REMOVE
    else:
        action = Action.ADD if difference.old_mode == ABSENT else Action.REPLACE
    return Touch(
        path=difference.path,
        place=place(difference.path),
        action=action,
        mode=difference.mode,
        blob=difference.blob,
    )
