"""`python -m builder.docs` (`make reference`) writes anew what is made of the code and tables.

That is schema/, the reference pages, the script's table of clients and the stems of search's tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from builder.docs import clients, hosts, reference, schemas, stems
from builder.runtime import resources
from builder.words import stem

_DOCS = resources.folder("site") / "docs"


def files() -> Iterator[tuple[Path, str]]:
    """Yield each generated file of this checkout, and its text."""
    for name, text in schemas.files():
        yield resources.folder("schema") / name, text
    for name, text in reference.pages():
        yield _DOCS / name, text
    yield resources.folder("site") / "assets" / clients.NAME, clients.script()
    yield resources.folder("site") / "search" / stem.FILE, stems.text()
    page = _DOCS / "operate" / "hosts.md"
    yield page, hosts.fill(page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for path, text in files():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
