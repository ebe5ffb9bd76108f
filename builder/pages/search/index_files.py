"""The files of the search index, each named by its content, and made only if what it says is new."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import orjson

from builder.cache.memo import Memo
from builder.cache.store import encode
from builder.cache.store import fingerprint as hash_of
from builder.model.page import Page
from builder.runtime.once import once
from builder.search.index import DIGEST, part


class IndexFiles:
    """The files that were added to an index, in their order."""

    def __init__(self, folder: str, memo: Memo) -> None:
        self._folder = folder
        self._memo = memo
        self._files: dict[str, Page] = {}

    def add(self, value: object) -> str:
        """Add a value (plain JSON) as a file; return what names the file."""
        return self.add_body(orjson.dumps(value))

    def add_body(self, body: bytes) -> str:
        """Add a file as it is."""
        digest = digest_of(body)
        self._files[digest] = Page(self._path(digest), body)
        return digest

    def add_known(self, kind: str, seen: object, make: Callable[[], object]) -> str:
        """Add what is made of nothing but `seen` (plain JSON), unless the last build saw the same.

        `kind` tells it from what others make.
        """
        inputs = hash_of(encode(seen))
        body = once(lambda: orjson.dumps(make()))
        digest = self._memo.value(kind, inputs, lambda: digest_of(body()))
        self.add_later(digest, body, inputs)
        return digest

    def add_later(self, digest: str, body: Callable[[], bytes], inputs: str) -> None:
        """Add a file whose name is known, and a hash of what it is made from."""
        self._files[digest] = Page(self._path(digest), body, inputs)

    def pages(self) -> Iterable[Page]:
        """The files as pages."""
        return self._files.values()

    def _path(self, digest: str) -> str:
        return f"{self._folder}/{part(digest)}"


def digest_of(body: bytes) -> str:
    """Return what names a file of the index."""
    return hashlib.sha256(body).hexdigest()[:DIGEST]
