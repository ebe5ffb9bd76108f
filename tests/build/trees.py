"""What stands in a folder, and what should."""

from __future__ import annotations

from pathlib import Path

from builder import pages
from builder.build import source
from builder.git.repository import Repository
from builder.model.config import Form
from builder.pack.reader import PackedSite, is_packed

Tree = dict[str, bytes]


def read(folder: Path) -> Tree:
    """Every file below a folder, by its path in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def clean(repository: Repository, rev: str = "HEAD", form: Form = "auto") -> Tree:
    """What a build from nothing gives, made without writing a file; `form` as of build."""
    loaded = source.load(repository, rev)
    catalogue, config = loaded.catalogue, loaded.config
    if form != "auto":
        config = config.model_copy(update={"form": form})
    made = list(pages.catalogue_pages(catalogue, config))
    for kind in pages.KINDS.values():
        made += (page for value in kind.all(catalogue) for page in kind.pages(value, config))
    return {page.path: page.body for page in made}


def served(folder: Path) -> Tree:
    """Every document of a site in either form, by its path."""
    if not is_packed(folder):
        return read(folder)
    site = PackedSite(folder)
    packed = {path for path in read(folder) if path.startswith("packs/")}
    files = {path: body for path, body in read(folder).items() if path not in packed}
    return {**files, **{one.path: one.body for one in site.documents()}}


def differences(left: Tree, right: Tree) -> list[str]:
    """Paths that are not the same in both, for a message that can be read."""
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))
