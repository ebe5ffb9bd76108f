"""The one commit that merging a change makes: the base's tree with the files that were checked.

No commit of the head becomes part of the branch: not its history, not what came and went in it,
not the heads of others that it may contain.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from builder.git import trees
from builder.git.change import Action, Change, Touch
from builder.git.records import SUBMODULE
from builder.git.repository import Repository
from builder.git.trees import Entry, Folder, NewTree, Node
from builder.model.errors import RepositoryError

_Edits = dict[bytes, Any]
"""What becomes of a folder's entries: a Node, None for removed, or the edits of a folder below."""
WriteTrees = Callable[[Iterable[NewTree]], None]
"""Writes trees: inner ones come first."""
_UNNAMED = "unknown"
_DROPPED = "".join(map(chr, range(ord(" ") + 1))) + ".,:;<>\"'\\"
"""Characters that git drops at the ends of a name: nothing else is no name."""


def commit(repository: Repository, change: Change, message: str, committer: str) -> str:
    """Write the commit that merges a change, on its base alone; return its id.

    Its author is the head's, `committer` the account that merges. RepositoryError if the change
    is not clear, or too large.
    """
    if change.excess or change.unlisted or change.stale or len(change.merge_bases) != 1:
        raise RepositoryError(f"{change.head} cannot be merged into {change.base}")
    identities = {
        **_author(repository, change.head),
        "GIT_COMMITTER_NAME": committer,
        "GIT_COMMITTER_EMAIL": f"{committer}@users.noreply.github.com",
    }
    tree, git = merged_tree(repository, change), repository.repo.git
    with git.custom_environment(**identities):
        return str(git.commit_tree(tree, "-p", change.base, "-m", message))


def merged_tree(repository: Repository, change: Change) -> str:
    """Write the base's tree with the files of a change in it; return its id."""
    return edited_tree(repository, change.base, change.touches, partial(_write, repository))


def edited_tree(
    repository: Repository, base: str, touches: Iterable[Touch], write: WriteTrees
) -> str:
    """Return the id of a commit's tree with these files in it, after `write` wrote what is new of it."""
    edits = _edits(touches)
    top = trees.root(repository, base)
    read = _touched_folders(repository, top, edits)
    written: list[NewTree] = []
    named = {tree: trees.by_name(repository, tree, folder) for tree, folder in read.items()}
    tree = _applied(top, edits, named, written)
    write(written)
    if not tree:
        raise RepositoryError("the change would leave nothing")
    return tree


def _edits(touches: Iterable[Touch]) -> _Edits:
    edits: _Edits = {}
    # Removals first: a file may take the place of a folder.
    for touch in sorted(touches, key=lambda touch: touch.action is not Action.REMOVE):
        *folders, name = touch.path.encode("utf-8", "surrogateescape").split(b"/")
        inner = edits
        for folder in folders:
            if not isinstance(inner.get(folder), dict):
                inner[folder] = {}
            inner = inner[folder]
        inner[name] = None if touch.action is Action.REMOVE else Node(touch.mode, touch.blob)
    return edits


def _touched_folders(repository: Repository, top: str, edits: _Edits) -> dict[str, Folder]:
    """Read the base's folders in which something changes, level by level."""
    read: dict[str, Folder] = {}
    level = [(top, edits)]
    while level:
        read |= trees.read(repository, (tree for tree, _ in level if tree not in read))
        level = [
            (trees.node(entry).id, edits[entry[1]])
            for tree, edits in level
            for entry in trees.named(repository, tree, read[tree], edits)
            if isinstance(edits[entry[1]], dict) and trees.node(entry).is_folder
        ]
    return read


def _applied(
    tree: str,
    edits: _Edits,
    named: Mapping[str, Mapping[bytes, Entry]],
    written: list[NewTree],
) -> str:
    """Return the id of a folder with its edits, "" if it is empty; inner folders are written first."""
    entries = dict(named[tree]) if tree else {}
    for name, edit in edits.items():
        entry = entries.pop(name, None)
        if isinstance(edit, dict):
            old = trees.node(entry) if entry else None
            inner = _applied(old.id if old and old.is_folder else "", edit, named, written)
            edit = Node(trees.FOLDER, inner) if inner else None
        if edit is not None:
            entries[name] = trees.entry(name, edit)
    if not entries:
        return ""
    made = trees.make(entries.values(), next(iter(entries.values()))[2].hex())
    written.append(made)
    return made.id


def _write(repository: Repository, folders: Iterable[NewTree]) -> None:
    """Write trees with one `git mktree`, which also finds that each of their objects is there."""
    with tempfile.TemporaryFile() as requests:
        for folder in folders:
            requests.writelines(
                b"%b %b %b\t%b\0" % (mode.zfill(6), _kind(mode), id.hex().encode(), name)
                for mode, name, id in folder.entries
            )
            requests.write(b"\0")
        requests.seek(0)
        repository.repo.git.mktree("-z", "--batch", istream=requests)


def _kind(mode: bytes) -> bytes:
    if Node(mode.decode(), "").is_folder:
        return b"tree"
    return b"commit" if mode == SUBMODULE.encode() else b"blob"


def _author(repository: Repository, head: str) -> dict[str, str]:
    """Return the variables that give a commit the author of another."""
    shown = str(repository.repo.git.log("-1", "--format=%an%n%ae%n%ad", "--date=raw", head, "--"))
    name, email, date = [*shown.split("\n"), "", "", ""][:3]
    return {
        "GIT_AUTHOR_NAME": name if name.strip(_DROPPED) else _UNNAMED,
        "GIT_AUTHOR_EMAIL": email or _UNNAMED,
        "GIT_AUTHOR_DATE": f"@{date}",
    }
