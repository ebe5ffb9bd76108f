"""Deploy into a folder that a web server reads: a whole new generation, swapped in at once.

Unchanged files are hard links to those of the generation before, so that only what changed is
copied; readers see one generation or the next. Beside every text that is worth it stand its
gzip and brotli forms, for servers that send such files as they are (nginx, Caddy, Apache).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping
from functools import partial
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it has no stubs

from builder.deploy import plan
from builder.deploy.bucket import BuiltSite, DeployResult, MayReplace
from builder.deploy.lock import Locked
from builder.deploy.plan import MANIFEST, Manifest
from builder.model.errors import RegistryError
from builder.output import tree, writer
from builder.output.tree import DEPLOY_STATE
from builder.runtime import deflate
from builder.runtime.file_lock import locked

WORTH = 1024
"""Smaller texts gain nothing: they fit into one packet as they are."""
_TEXTS = (".json", ".html", ".xml", ".atom", ".css", ".js", ".mjs", ".svg", ".txt", ".md", ".yaml")
_FORMS = f"{DEPLOY_STATE}/forms.json"
"""The compressed forms that stand there, as a manifest."""
_COMPRESS: Mapping[str, Callable[[bytes], bytes]] = {
    ".gz": deflate.gzip_member,
    # Brotli 5 costs twice what gzip does here and saves a tenth; 11 would take a hundred times as long.
    ".br": partial(brotli.compress, quality=5),
}


def deploy(
    target: Path, site: BuiltSite, may_replace: MayReplace, *, precompress: bool
) -> DeployResult:
    """Bring a folder up to a built site.

    `may_replace` is called with the generation that the folder has. Raises Locked while another
    deploy is at work on it, RegistryError if the folder holds something else.
    """
    target = target.resolve()  # what a symbolic link leads to is replaced, not the link
    _require_apart(site.folder.resolve(), target)
    tree.refuse_foreign(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = tree.sibling(target, "next")
    busy = Locked("another deploy is at work on this folder", help="wait for it")
    with locked(tree.sibling(target, "lock"), busy):
        have = _read(target / MANIFEST)
        if have.generation:
            may_replace(have.generation)
        with writer.failing_cleanly(target):
            tree.remove_tree(fresh)
            written = _fill(fresh, target, site, precompress=precompress)
            tree.exchange(fresh, target)
            tree.remove_tree(fresh)
    gone = len(have.files.keys() - site.manifest.files.keys())
    return DeployResult(written, gone, len(site.manifest.files) - written)


def _require_apart(source: Path, target: Path) -> None:
    """Refuse a target that is the source, in it or around it: one would replace the other."""
    if source == target or source in target.parents or target in source.parents:
        raise RegistryError(
            f"{target} cannot be the target: the site to deploy is {source}",
            help="name a folder outside of it",
        )


def _fill(fresh: Path, target: Path, site: BuiltSite, *, precompress: bool) -> int:
    had = _read(target / _FORMS).files
    written, forms = 0, dict[str, str]()
    for path, digest in site.manifest.files.items():
        goal = fresh / path
        goal.parent.mkdir(parents=True, exist_ok=True)
        same = _holds(target / path, digest) and _link(target / path, goal)
        if not same:
            goal.write_bytes(site.read(path))
            written += 1
        if precompress and path.endswith(_TEXTS) and goal.stat().st_size >= WORTH:
            forms |= _put_forms(path, fresh, target, had if same else {}, site.manifest.files)
    (fresh / DEPLOY_STATE).mkdir()
    (fresh / MANIFEST).write_bytes(site.manifest.encode())
    (fresh / _FORMS).write_bytes(Manifest(files=forms).encode())
    return written


def _holds(path: Path, digest: str) -> bool:
    if not digest:
        return False
    # Not what the target's manifest says: somebody may have changed the file by hand.
    try:
        return plan.digest(path.read_bytes()) == digest
    except OSError:
        return False


def _link(source: Path, goal: Path) -> bool:
    try:
        os.link(source, goal)
    except OSError:
        return False
    return True


def _put_forms(
    path: str, fresh: Path, target: Path, had: Mapping[str, str], taken: Container[str]
) -> dict[str, str]:
    """Write the compressed forms of a file, or link those that are there; return their hashes.

    `had` are the hashes of the forms in the target that are of the same file, `taken` the paths
    that are of the site itself.
    """
    forms = {}
    for ending, compress in _COMPRESS.items():
        name = f"{path}{ending}"
        if name in taken:
            continue
        forms[name] = had.get(name, "")
        if not _holds(target / name, forms[name]) or not _link(target / name, fresh / name):
            body = compress((fresh / path).read_bytes())
            (fresh / name).write_bytes(body)
            forms[name] = plan.digest(body)
    return forms


def _read(path: Path) -> Manifest:
    try:
        return Manifest.decode(path.read_bytes())
    except (OSError, ValueError):
        return Manifest()
