"""The two trees of a site: the one that is served, and the one in which the next build grows.

The tree of the build before last is kept as the spare. The next build brings it up to the served
one by links, in few paths, instead of linking 400,000 files anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from builder.build.record import TreeIdentity, TreePair
from builder.model.errors import RegistryError
from builder.output.tree import link_paths, link_tree, remove_seals, remove_tree, sibling
from builder.output.writer import TargetTree
from builder.pack.spool import begin
from builder.runtime.file_lock import locked


class BusyError(RegistryError):
    """Another build writes to the same place."""


@contextmanager
def build_lock(out: Path) -> Iterator[None]:
    """Be the only build that writes to `out`, or raise BusyError; a killed one holds no lock."""
    folder = sibling(out, "cache")
    folder.mkdir(parents=True, exist_ok=True)
    busy = BusyError(f"another build is writing {out}", help="wait for it, or name another --out")
    with locked(folder / "lock", busy):
        yield


def identify(tree: Path) -> TreeIdentity | None:
    """Return what tells a folder from others, None if there is no such folder."""
    try:
        status = tree.stat()
    except OSError:
        return None
    return TreeIdentity(device=status.st_dev, inode=status.st_ino, changed=status.st_mtime_ns)


def prepare_tree(out: Path, previous: TreePair | None, *, unknown_contents: bool) -> TargetTree:
    """Make the folder that the site grows in: with the files of `out`, or empty.

    `previous` describes the trees that are there, None if the site is to be made from nothing;
    `unknown_contents` tells that no record of their files is left. From nothing, the spare for the
    next build is made along with this one: to link a file when it was just written costs a third of
    linking it later.
    """
    folder, spare = sibling(out, "next"), sibling(out, "spare")
    remove_tree(folder)
    if previous is None:
        remove_tree(spare)
        for empty in (folder, spare):
            empty.mkdir(parents=True)
        return TargetTree(folder=folder, sibling_tree=spare)
    if previous.spare is not None and identify(spare) == previous.spare:
        spare.rename(folder)
        link_paths(out, folder, previous.outdated)
    else:
        remove_tree(spare)
        link_tree(out, folder)
    remove_seals(folder)
    return TargetTree(folder=folder, unknown_contents=unknown_contents)


def prepare_packed(out: Path, texts: Mapping[str, bytes]) -> TargetTree:
    """Make an empty folder for a packed site, and one for the pages on their way into packs.

    `texts` are what the packed documents refer back to.
    """
    folder, spool = sibling(out, "next"), sibling(out, "spool")
    for leftover in (folder, spool, sibling(out, "spare")):
        remove_tree(leftover)
    for empty in (folder, spool):
        empty.mkdir(parents=True)
    # A name of its own: processes keep the files of a spool open.
    documents = Path(tempfile.mkdtemp(dir=spool))
    begin(documents, texts)
    return TargetTree(folder=folder, spool=documents)


def after_exchange(tree: TargetTree, out: Path, changed: Iterable[str]) -> TreePair:
    """Describe the trees as they will be when the finished one has taken the place of `out`.

    `changed` are the paths that differ between the two. A tree whose contents were not known may
    differ in more, so that it is no spare: a damaged file would come back with it.
    """
    finished = identify(tree.folder)
    if tree.unknown_contents or tree.spool is not None:
        return TreePair(current=finished, spare=None, outdated=())
    if tree.sibling_tree is not None:
        return TreePair(current=finished, spare=identify(tree.sibling_tree), outdated=())
    return TreePair(current=finished, spare=identify(out), outdated=tuple(sorted({*changed})))


def keep_spare(tree: TargetTree, out: Path) -> None:
    """Keep the tree that was replaced as the spare, unless there is a better one or it is in doubt."""
    if tree.spool is not None:
        remove_tree(tree.spool.parent)
    if tree.sibling_tree is None and not tree.unknown_contents and tree.spool is None:
        tree.folder.rename(sibling(out, "spare"))
    else:
        remove_tree(tree.folder)
