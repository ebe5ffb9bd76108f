"""A page: one file of the site, as a value. Nothing is written here (see output.py)."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass

import orjson

JSON = "application/json"
PROBLEM = "application/problem+json"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Page:
    """One file: its path below the site's root (with `/`, no leading one), and its bytes."""

    path: str
    body: bytes

    def at(self, path: str) -> Page:
        """Give the same page under another path."""
        return Page(path, self.body)


class LatePage(Page):
    """A page that is made when its body is asked for, and says before what it is made from.

    `inputs` is a hash of all that decides the body but the builder and the settings, or "" where
    that is not known. While it stays the same the page need not be made again.
    """

    __slots__ = ("_make", "inputs")
    inputs: str
    _make: Callable[[], bytes]

    def __init__(self, path: str, inputs: str, make: Callable[[], bytes]) -> None:
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "_make", make)

    @property
    def body(self) -> bytes:
        """Make the body: anew at each call."""
        return self._make()

    def at(self, path: str) -> Page:
        """Give the same page under another path, still to be made."""
        return LatePage(path, self.inputs, self._make)


def json_page(path: str, value: object) -> Page:
    """Make a page of compact JSON in UTF-8. Key order is the value's."""
    return Page(path, orjson.dumps(value))


def media_type(path: str) -> str:
    """Give the content type a host should send for a path of the site."""
    guessed = TYPES.get(path.rpartition(".")[2]) or mimetypes.guess_type(path)[0]
    return guessed or "application/octet-stream"


TYPES = {
    "json": JSON,
    "jsonl": "application/x-ndjson",
    "html": HTML,
    "txt": TEXT,
    "md": "text/markdown; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "xml": "application/xml",
    "atom": "application/atom+xml",
    "yaml": "application/yaml",
    "gz": "application/gzip",
    "ico": "image/x-icon",
    "png": "image/png",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
"""The content type by a name's ending: fixed, because systems' tables differ."""
