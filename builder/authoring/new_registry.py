"""A new registry repository: the files of site/scaffold/, filled in and committed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import jinja2

from builder import __version__
from builder.git import working_tree
from builder.git.discovery import discover, require_git
from builder.git.transfer import address
from builder.model import builder_pin
from builder.model.errors import RegistryError
from builder.runtime import resources

# The only files with placeholders: workflows have `${{ }}` of their own.
FILLED = ("registry.yaml", "README.md")

CI_FILES: Mapping[str, str] = {
    "github": ".github",
    "gitlab": ".gitlab-ci.yml",
    "forgejo": ".forgejo",
    "none": "",
}
"""Each forge, and the file or folder of the scaffold that only its CI reads."""
_HOSTS = {"gitlab": "gitlab-pages", "forgejo": "codeberg-pages"}
"""The host that the CI of a forge publishes to; of all others it is GitHub Pages."""
_FORGES = {"gitlab.com": "gitlab", "codeberg.org": "forgejo"}


# How the workflows and the README name the builder, and at which version a private registry does.
_NEWEST, _EXACT = "static-mcp-registry/mcp-registry@main", "static-mcp-registry/mcp-registry@v"
_INSTALL = "git+https://github.com/static-mcp-registry/mcp-registry\n"


_ONE_PART = '"1/1"'
"""What the matrix of scaffold-parts has before it is filled in."""


def create(
    folder: Path, ci: str = "github", *, private: bool = False, parts: int = 1, **values: str
) -> str:
    """Write a registry into a new or empty folder and commit it; return the commit's id.

    A clone of an empty repository is as good. `ci` is a key of CI_FILES; `values` fill the
    placeholders of registry.yaml and README.md. A private one is for this version of the builder,
    installs exactly that, and publishes to no public host. With several `parts` so many jobs of
    GitHub's CI share each build. Raises RegistryError if the folder has
    something in it.
    """
    require_git()  # before anything is written
    if not _is_empty(folder):
        raise RegistryError(f"{folder} is not an empty folder", help="name a new one")
    host = _HOSTS.get(ci, "github-pages")
    filled = {
        **values,
        "ci": ci,
        "host": host,
        "private": private,
        "builder": builder_pin.suggested(),
    }
    scaffolds = ["scaffold", *["scaffold-private"] * private, *["scaffold-parts"] * (parts > 1)]
    for relative, path in sorted(_files(ci, scaffolds)):
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        body = _divided(_fill(path, filled), parts)
        target.write_bytes(_at_this_version(body) if private else body)
    repository = working_tree.create(folder, "Start the registry")
    return repository.commit("HEAD")


def _divided(body: bytes, parts: int) -> bytes:
    matrix = ", ".join(f'"{number}/{parts}"' for number in range(1, parts + 1))
    return body.replace(_ONE_PART.encode(), matrix.encode())


def _files(ci: str, scaffolds: Iterable[str]) -> Iterator[tuple[Path, Path]]:
    """Yield where each file of a new registry goes, and the file of the scaffold that it is."""
    others = {name for forge, name in CI_FILES.items() if forge != ci}
    files: dict[Path, Path] = {}
    for scaffold in scaffolds:
        source = resources.folder("site") / scaffold
        files |= {path.relative_to(source): path for path in source.rglob("*") if path.is_file()}
    return ((to, path) for to, path in files.items() if to.parts[0] not in others)


def _at_this_version(body: bytes) -> bytes:
    text = body.decode().replace(_NEWEST, f"{_EXACT}{__version__}")
    return text.replace(_INSTALL, f"{_INSTALL.rstrip()}@v{__version__}\n").encode()


def remote(folder: Path) -> str:
    """Return the address of the remote that a clone was made from, "" if the folder is none."""
    if not (folder / ".git").exists():
        return ""
    remote_address = address(discover(folder), "origin")
    return "" if remote_address == "origin" else remote_address


def forge_of(address: str) -> str:
    """Return the key of CI_FILES for the address of a repository; github if it is none that is known."""
    return next((forge for host, forge in _FORGES.items() if host in address), "github")


def _is_empty(folder: Path) -> bool:
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    names = {path.name for path in folder.iterdir()}
    return not names or (names == {".git"} and not discover(folder).has_commits())


def _fill(path: Path, values: Mapping[str, object]) -> bytes:
    if path.name not in FILLED:
        return path.read_bytes()
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    # Jinja's own escapes quotes for HTML; these files are YAML and Markdown.
    environment.filters["tojson"] = json.dumps
    text: str = environment.from_string(path.read_text(encoding="utf-8")).render(values)
    return text.encode()
