"""The scope of a change: what merging it would bring, and what it must be compared with.

The namespaces that it touches are listed as the base has them, and whoever else uses a remote's
address is looked up: the cost follows the size of the change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from builder.check import remote_index, scope
from builder.check.scope import Scope, ScopeTooLarge, is_sidecar
from builder.git import trees
from builder.git.change import Action, Change, read_limit
from builder.git.records import FILES, TreeEntry
from builder.git.repository import Repository
from builder.model import page_paths
from builder.model.layout import (
    CONFIG,
    REGISTRY_FOLDERS,
    SERVERS,
    Kind,
    ownership_sidecars,
)
from builder.model.remote_address import Remotes
from builder.model.server_json import compact_strictly
from builder.model.server_name import spellings
from builder.model.sidecars import Status
from builder.rules.engine.subject import Proposal, Settings, Tree, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """What the base has: the names of all namespaces, and the files of those that are touched.

    `tree` knows what their sidecars say.
    """

    namespaces: frozenset[str]
    files: tuple[TreeEntry, ...]
    tree: Tree


def of_change(repository: Repository, change: Change) -> Scope:
    """Return the scope of what merging a change would bring."""
    base = _base(repository, change)
    merged = _merged(repository, change, base)
    users = _address_users(repository, change, base, merged)
    sidecars = _sidecars_of(repository, change, users, merged)
    tree = replace(merged.tree, remotes=users, sidecars={**sidecars, **merged.tree.sidecars})
    return replace(merged, tree=tree, proposal=_proposal(repository, change, base))


def _base(repository: Repository, change: Change) -> _Base:
    """List the base's files of every namespace that the change touches, in any case."""
    names = repository.names(change.base, SERVERS)
    touched = {namespace.lower() for namespace in change.namespaces}
    folders = [f"{SERVERS}/{name}" for lower in touched for name in spellings(names).get(lower, ())]
    files = tuple(trees.select(repository, change.base, folders))
    sidecars = [file for file in files if is_sidecar(file.path)]
    return _Base(
        namespaces=frozenset(names),
        files=files,
        tree=scope.of_objects(repository, sidecars, ()).tree,
    )


def _merged(repository: Repository, change: Change, base: _Base) -> Scope:
    """Return the scope of the touched namespaces as merging leaves them."""
    files = {file.path: file for file in base.files}
    touched = [
        touch for touch in change.touches if touch.path.partition("/")[0] in REGISTRY_FOLDERS
    ]
    for touch in touched:
        files.pop(touch.path, None)
        if touch.action is not Action.REMOVE:
            files[touch.path] = TreeEntry(touch.mode, touch.blob, touch.path)
    paths = {touch.path for touch in touched}
    return scope.of_objects(
        repository, (files[path] for path in sorted(files)), paths, _too_large(change)
    )


def _too_large(change: Change) -> dict[str, ScopeTooLarge]:
    """Return the touched files that are not read, whatever they call themselves."""
    limits = {
        touch: read_limit(touch.place.kind, change.bounds)
        for touch in change.touches
        if touch.mode in FILES and touch.blob in change.sizes
    }
    return {
        touch.path: ScopeTooLarge(change.sizes[touch.blob], limit)
        for touch, limit in limits.items()
        if change.sizes[touch.blob] > limit
    }


def _address_users(
    repository: Repository, change: Change, base: _Base, merged: Scope
) -> Mapping[str, Remotes]:
    """Return the remotes of the entries that the change brings, brings back, or has addresses in common with."""
    restored = scope.of_objects(repository, _restored(change, base.tree, merged.tree))
    own = {**restored.tree.remotes, **merged.tree.remotes}
    urls = {url for used in own.values() for _, url in used}
    paths = remote_index.users(repository, change.base, urls)
    others = trees.select(repository, change.base, paths - {touch.path for touch in change.touches})
    return {**scope.of_objects(repository, others).tree.remotes, **own}


def _restored(change: Change, before: Tree, after: Tree) -> list[TreeEntry]:
    """List the entries that are deleted on the base, and that a change of status.yaml brings back."""
    servers = {touch.place.name for touch in change.touches if touch.place.kind is Kind.STATUS}
    return [
        file
        for file, where in after.entries
        if where.name in servers
        and before.status(where.name, where.version) is Status.DELETED
        and after.status(where.name, where.version) is not Status.DELETED
    ]


def _sidecars_of(
    repository: Repository, change: Change, entries: Collection[str], merged: Scope
) -> Mapping[str, object]:
    """Return what the sidecars say of entries that stand outside the touched namespaces."""
    known = {file.path for file, _ in merged.tree.files}
    paths = {
        sidecar for path in entries if path not in known for sidecar in ownership_sidecars(path)
    }
    return scope.of_objects(
        repository, trees.select(repository, change.base, paths), ()
    ).tree.sidecars


def _proposal(repository: Repository, change: Change, base: _Base) -> Proposal:
    return Proposal(
        change=change,
        namespaces=base.namespaces,
        mirrored=base.tree.mirrored,
        unpublished=_unpublished(repository, change, base),
        settings=_settings(repository, change),
    )


def _unpublished(repository: Repository, change: Change, base: _Base) -> frozenset[Version]:
    """Return the versions that the change removes or replaces, and that no build has ever published."""
    removed = {
        touch.path
        for touch in change.touches
        if touch.place.kind is Kind.ENTRY and touch.action is not Action.ADD
    }
    files = [file for file in base.files if file.path in removed]
    return frozenset(
        (entry.place.name, entry.place.version)
        for entry in scope.of_objects(repository, files).entries
        if page_paths.refusal(entry.place.name, entry.place.version)
        or compact_strictly(entry.data) is None
    )


def _settings(repository: Repository, change: Change) -> Settings | None:
    touched = next((touch for touch in change.touches if touch.path == CONFIG), None)
    if touched is None:
        return None
    after = None
    if touched.mode in FILES:
        is_read = change.sizes[touched.blob] <= read_limit(touched.place.kind, change.bounds)
        # Of a file that is too large to be read an empty one stands here: it is as wrong.
        after = dict(repository.blobs([touched.blob]))[touched.blob] if is_read else b""
    return Settings(before=repository.blob(change.base, CONFIG), after=after)
