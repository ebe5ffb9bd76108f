"""Where the builder's own files are: templates, assets, schemas.

In a checkout they stand beside the package; in a wheel they are inside it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Give the folder `site` or `schema` of this installation of the builder."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
