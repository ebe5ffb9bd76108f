"""Style sheets, scripts and icons: copied as they are into a folder named by what they hold.

The folder's name changes when any of the files does, so hosts may cache them for ever, scripts
import each other by plain relative names, and a page changes only with its own content or the
look of the whole site.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator
from functools import cache

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.runtime import resources

_IMPORT = re.compile(r'^(?:import .+|\}) from "(\.[^"]+)";$', re.MULTILINE)


def pages(_catalogue: Catalogue, _config: Config) -> Iterator[Page]:
    """Yield every file of site/assets, below `folder()`."""
    for name, body in _files():
        yield Page(f"{folder()}/{name}", body)


@cache
def folder() -> str:
    """Return the folder of the assets, without slashes at its ends: `assets/<digest>`."""
    digest = hashlib.sha256()
    for name, body in _files():
        digest.update(b"%b\0%d\0%b" % (name.encode(), len(body), body))
    return f"assets/{digest.hexdigest()[:12]}"


@cache
def imported(*names: str) -> tuple[str, ...]:
    """Return scripts and all that they import at once: a page that names them early waits for them once."""
    bodies, known, left = dict(_files()), set[str](), list(names)
    while left:
        name = left.pop()
        if name not in known:
            known.add(name)
            imports = _IMPORT.findall(bodies[name].decode())
            left += [
                posixpath.normpath(posixpath.join(posixpath.dirname(name), imported))
                for imported in imports
            ]
    return tuple(sorted(known))


def files(start: str) -> Iterator[tuple[str, bytes]]:
    """Return the assets whose names begin so."""
    return ((name, body) for name, body in _files() if name.startswith(start))


@cache
def _files() -> tuple[tuple[str, bytes], ...]:
    source = resources.folder("site") / "assets"
    return tuple(
        (path.relative_to(source).as_posix(), path.read_bytes())
        for path in sorted(source.rglob("*"))
        if path.is_file()
    )
