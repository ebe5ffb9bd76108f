"""Texts that small documents of a packed site refer back to.

So each is compressed by itself and yet does not repeat what thousands of others have. A document
is raw deflate (RFC 1951) that begins with such a text as its window; where there is no call for
that, the text is put before it as blocks that are stored as they are (site/worker/packs.js).
They stand in site/words/, chosen over a generated registry (`python -m benchmarks.words`), and
follow from the settings alone: a build that goes on from packs has the same ones.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from builder.runtime import resources

LONGEST = 32_000
"""Bytes of a text at most: deflate refers back to 32 KiB."""
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "html": (".html",),
    "json": (".json",),
    "text": (".md", ".atom", ".xml"),
}
"""The texts, and the endings of the documents that each is for."""
_BY_ENDING = {ending: name for name, endings in ENDINGS.items() for ending in endings}


def name_for(path: str) -> str:
    """Return which text the document at a path refers back to; "" for none."""
    return _BY_ENDING.get(path[path.rfind(".") :], "")


def filled(settings: Mapping[str, str]) -> dict[str, bytes]:
    """Return the texts by name, with the settings in the places of their names in braces."""
    folder = resources.folder("site") / "words"
    return {name: _filled((folder / f"{name}.txt").read_text(), settings) for name in ENDINGS}


def _filled(text: str, settings: Mapping[str, str]) -> bytes:
    for name, value in settings.items():
        text = text.replace(f"{{{name}}}", value)
    return text.encode()[-LONGEST:]


def inflated(words: bytes, data: bytes) -> bytes:
    """Return what was compressed after a text."""
    return zlib.decompressobj(-zlib.MAX_WBITS, zdict=words).decompress(data)
