"""What stands in a folder, and what should."""

from __future__ import annotations

from pathlib import Path

from builder import pages
from builder.build import source
from builder.git.repository import Repository

Tree = dict[str, bytes]


def read(folder: Path) -> Tree:
    """Every file below a folder, by its path in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def clean(repository: Repository, rev: str = "HEAD") -> Tree:
    """What a build from nothing gives, made without writing a file."""
    loaded = source.load(repository, rev)
    catalogue, config = loaded.catalogue, loaded.config
    made = list(pages.catalogue_pages(catalogue, config))
    for kind in pages.KINDS.values():
        made += (
            page for value in kind.things(catalogue).values() for page in kind.pages(value, config)
        )
    return {page.path: page.body for page in made}


def differences(left: Tree, right: Tree) -> list[str]:
    """Paths that are not the same in both, for a message that can be read."""
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))
