"""What a proposed change would bring to the registry: paths, by namespace, as git objects.

A change is what differs between the merge base and the head. It is trees that are compared,
never patch text; a rename is a removal and an addition; the list is always complete.

What merging brings is exactly this, as long as there is one merge base and no touched path
differs between it and the base branch: an untouched path stays as the base has it, a touched
one becomes what the head has. Both conditions are values here (`merge_bases`, `stale`), and the
verdict refuses a change that breaks one.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from builder.git.records import ABSENT
from builder.git.records import Change as Difference
from builder.git.repository import Repository
from builder.model.layout import SERVERS, Kind, Place, place


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

    `stale` are touched paths that the base branch has changed since the head left it.
    """

    base: str
    head: str
    merge_bases: tuple[str, ...]
    touches: tuple[Touch, ...]
    stale: frozenset[str] = frozenset()

    @cached_property
    def namespaces(self) -> Mapping[str, tuple[Touch, ...]]:
        """The touched files of each namespace, in byte order of the namespaces."""
        found = defaultdict(list)
        for touch in self.touches:
            if touch.place.namespace:
                found[touch.place.namespace].append(touch)
        return {namespace: tuple(found[namespace]) for namespace in sorted(found)}

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


def between(repository: Repository, base: str, head: str) -> Change:
    """Read the change that merging `head` into `base` would bring; both are revisions.

    RepositoryError if there is no such commit, or if a shallow clone lacks the common one. Two commits that share no history give a change
    with no merge base, from an empty touch list.
    """
    base, head = repository.commit(base), repository.commit(head)
    ancestors = tuple(repository.merge_bases(base, head))
    if len(ancestors) != 1:
        repository.require_full_history()
        return Change(base=base, head=head, merge_bases=ancestors, touches=())
    touches = tuple(_touch(one) for one in repository.changes(ancestors[0], head))
    moved = {one.path for one in repository.changes(ancestors[0], base)}
    return Change(
        base=base,
        head=head,
        merge_bases=ancestors,
        touches=touches,
        stale=frozenset(moved.intersection(touch.path for touch in touches)),
    )


def _touch(difference: Difference) -> Touch:
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
