"""Deploy into a folder that a web server reads: a whole new generation, swapped in at once.

Unchanged files are hard links to those of the generation before, so that only what changed is
copied; readers see one generation or the next. Beside every text that is worth it stand its
gzip and brotli forms, for servers that send such files as they are (nginx, Caddy, Apache).
"""

from __future__ import annotations

import os
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it has no stubs

from builder.deploy import plan
from builder.deploy.bucket import BuiltSite, DeployResult, MayReplace
from builder.deploy.lock import Locked
from builder.deploy.plan import MANIFEST, STATE, Manifest
from builder.model.errors import RegistryError
from builder.output import tree, writer
from builder.runtime import deflate
from builder.runtime.file_lock import locked

WORTH = 1024
"""Smaller texts gain nothing: they fit into one packet as they are."""
_TEXTS = (".json", ".html", ".xml", ".atom", ".css", ".js", ".mjs", ".svg", ".txt", ".md", ".yaml")
_FORMS = (".gz", ".br")


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
        have = _have(target)
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
    written = 0
    for path, digest in site.manifest.files.items():
        goal = fresh / path
        goal.parent.mkdir(parents=True, exist_ok=True)
        if _holds(target / path, digest) and _link(target / path, goal):
            _link_forms(target / path, goal)
        else:
            goal.write_bytes(site.read(path))
            written += 1
        if precompress and path.endswith(_TEXTS):
            _compress(goal)
    (fresh / STATE).mkdir()
    (fresh / MANIFEST).write_bytes(site.manifest.encode())
    return written


def _holds(path: Path, digest: str) -> bool:
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


def _link_forms(source: Path, goal: Path) -> None:
    for form in _FORMS:
        _link(Path(f"{source}{form}"), Path(f"{goal}{form}"))


def _compress(path: Path) -> None:
    if path.stat().st_size < WORTH or Path(f"{path}.br").exists():
        return
    body = path.read_bytes()
    # Brotli 5 costs twice what gzip does here and saves a tenth; 11 would take a hundred times as long.
    Path(f"{path}.gz").write_bytes(deflate.gzip_member(body))
    Path(f"{path}.br").write_bytes(brotli.compress(body, quality=5))


def _have(target: Path) -> Manifest:
    try:
        return Manifest.decode((target / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return Manifest()
