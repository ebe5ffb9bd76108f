"""Text from a file that somebody named on the command line."""

from __future__ import annotations

from pathlib import Path

from builder.model.errors import RegistryError


def read(path: Path) -> str:
    """Return a file's text in UTF-8, whatever the machine's locale is; RegistryError if it is none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RegistryError(f"{path} is no text: byte {error.start} is not UTF-8") from error
