"""The files of icons: `icons/<digest>.<ending>` in the repository and on the site, named by content."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from builder.icons import svg

FOLDER = "icons"
DIGITS = 16
"""Hexadecimal digits of SHA-256 in a file's name."""
FILE_BYTES = 64 * 1024
NAME = re.compile(rf"[0-9a-f]{{{DIGITS}}}\.(svg|webp)")
_WEBP = re.compile(rb"RIFF....WEBP", re.DOTALL)
NOTHING = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


@dataclass(frozen=True, slots=True)
class IconFile:
    """A picture as it is kept: `svg` of shapes alone, or `webp`."""

    ending: str
    content: bytes

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{hashlib.sha256(self.content).hexdigest()[:DIGITS]}.{self.ending}"


def published(name: str, content: bytes) -> bytes:
    """Return what the site serves for a file of the repository.

    Whoever put it there: of an SVG the shapes alone, which is all that `probe` keeps of one; what
    is no picture is an empty one.
    """
    if len(content) > FILE_BYTES:
        return NOTHING if name.endswith(".svg") else b""
    if name.endswith(".svg"):
        try:
            return svg.shapes(content)
        except ValueError:
            return NOTHING
    return content if _WEBP.match(content) else b""
