"""`python -m builder.docs` (`make reference`) writes schema/, the reference pages and the script's table of clients anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from builder.docs import clients, hosts, reference, schemas
from builder.runtime import resources

_DOCS = resources.folder("site") / "docs"


def files() -> Iterator[tuple[Path, str]]:
    """Yield each generated file of this checkout, and its text."""
    for name, text in schemas.files():
        yield resources.folder("schema") / name, text
    for name, text in reference.pages():
        yield _DOCS / name, text
    yield resources.folder("site") / "assets" / clients.NAME, clients.script()
    page = _DOCS / "operate" / "hosts.md"
    yield page, hosts.fill(page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for path, text in files():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
