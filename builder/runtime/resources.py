"""Where the builder's own files are: templates, assets, schemas.

In a checkout they stand beside the package; in a wheel they are inside it.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def _package() -> Path:
    """Return the folder of the package `builder`, wherever in it this module stands."""
    spec = find_spec("builder")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


PACKAGE = _package()
"""The folder of the package `builder`: all of the builder's code."""


def folder(name: str) -> Path:
    """Return the folder `site` or `schema` of this installation of the builder."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
