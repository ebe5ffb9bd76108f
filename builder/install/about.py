"""What files and links of clients call a server: its title and its description, a line each."""

from __future__ import annotations

from builder.install import naming
from builder.install.field import HIDDEN, text
from builder.model.server_json import Document


def described(name: str, document: Document) -> tuple[str, str]:
    """Return a server's title, or the end of its name, and its description, "" without one."""
    title = _line(text(document, "title")) or _line(name.rpartition("/")[2]) or naming.key(name)
    return title, _line(text(document, "description"))


def _line(value: str) -> str:
    return " ".join((value if _is_plain(value) else HIDDEN.sub(" ", value)).split())


def _is_plain(value: str) -> bool:
    return value.isascii() and value.isprintable()
