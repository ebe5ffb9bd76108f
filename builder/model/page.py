"""A page: one file of the site, as a value; output/ writes it."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

JSON = "application/json"
PROBLEM = "application/problem+json"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One file: its path below the site's root (with `/`, no leading one), and its content.

    The content is bytes, or a function that makes them when the body is asked for. Such a page
    can tell before what it is made from: `inputs` is a hash of all that decides the body but the
    builder and the settings, "" where that is not known. While `inputs` stays the same the page
    need not be made again.
    """

    path: str
    content: bytes | Callable[[], bytes]
    inputs: str = ""

    @property
    def body(self) -> bytes:
        """The bytes of the file; a function makes them anew at each call."""
        return self.content if isinstance(self.content, bytes) else self.content()

    def at(self, path: str) -> Page:
        """Return the same page under another path, made no earlier than this one."""
        return replace(self, path=path)

    def __eq__(self, other: object) -> bool:
        """Return whether two pages are the same file, whenever each is made."""
        return isinstance(other, Page) and (self.path, self.body) == (other.path, other.body)

    def __hash__(self) -> int:
        """Return a hash by the path, which needs no body."""
        return hash(self.path)


def json_page(path: str, value: object) -> Page:
    """Return a page of compact JSON in UTF-8, keys in the order of the value."""
    return Page(path, orjson.dumps(value))


def media_type(path: str) -> str:
    """Return the content type that a host should send for a path of the site."""
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
"""The content type by a name's ending: fixed, because the tables of systems differ."""
