"""The icons of servers, from the registry's own files: nothing is loaded from anybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from builder.catalogue.catalogue import Catalogue
from builder.icons.file import FOLDER, published
from builder.model.config import Config
from builder.model.page import Page
from builder.pages.html.row import rows


def pages(catalogue: Catalogue, _config: Config) -> Iterator[Page]:
    """Yield the files that servers with a page have; each is read once, as its name is of its content."""
    for path in sorted({row.icon for row in rows(catalogue) if row.icon}):
        name = path.removeprefix(f"{FOLDER}/")
        if read := catalogue.icons.get(name):
            yield Page(path, partial(_published, name, read), inputs=name)


def _published(name: str, read: Callable[[], bytes]) -> bytes:
    return published(name, read())
