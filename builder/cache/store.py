"""A cache that notices when it is wrong: plain data in blocks named by their SHA-256.

A root names every block by the hash of its content, and is guarded by a hash of its own, so that
whatever is missing, truncated or altered is noticed where it is read (`Unusable`). Data is JSON
and raw bytes, never code: reading a foreign cache can do no harm. It protects from accidents, not
from somebody who may write to the folder: they could write to the site as well.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson


class Unusable(Exception):
    """What is remembered is missing, altered, or of something else: build clean."""


def fingerprint(*parts: bytes) -> str:
    """Give one SHA-256 (hex) over several byte strings, told apart by their lengths."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()


def encode(value: object) -> bytes:
    """Write a value as JSON, also one with half a surrogate pair (a path that is not UTF-8)."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def decode(data: bytes) -> Any:
    """Read what `encode` wrote."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


class Cache:
    """Blocks and roots in a folder. Writing makes it; reading never does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._blocks = folder / "blocks"

    def read(self, digest: str) -> bytes:
        """Read a block; Unusable if it is not there or not what it was."""
        try:
            data = (self._blocks / digest).read_bytes()
        except OSError as error:
            raise Unusable(f"block {digest}: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise Unusable(f"block {digest} was altered")
        return data

    def write(self, data: bytes) -> str:
        """Keep a block and give its name; one that is there already is not written again."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._blocks / digest
        if not path.exists():
            self._blocks.mkdir(parents=True, exist_ok=True)
            _replace(path, data)
        return digest

    def root(self, name: str) -> Any:
        """Read a root; Unusable if there is none or it was altered."""
        try:
            guard, _, data = (self.folder / name).read_bytes().partition(b"\n")
        except OSError as error:
            raise Unusable(f"{name}: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest().encode() != guard:
            raise Unusable(f"{name} was altered")
        return decode(data)

    def write_root(self, name: str, value: object) -> None:
        """Write a root, all of it or nothing."""
        data = encode(value)
        self.folder.mkdir(parents=True, exist_ok=True)
        guard = hashlib.sha256(data).hexdigest().encode()
        _replace(self.folder / name, guard + b"\n" + data)

    def rename_root(self, old: str, new: str) -> None:
        """Put a root in the place of another, at once."""
        (self.folder / old).replace(self.folder / new)

    def keep(self, digests: Iterable[str]) -> None:
        """Remove every block but these."""
        kept = set(digests)
        with suppress(FileNotFoundError), os.scandir(self._blocks) as entries:
            for entry in entries:
                if entry.name not in kept:
                    (self._blocks / entry.name).unlink()


def digests(value: object) -> Iterator[str]:
    """Find every block that a root names, wherever in it."""
    if isinstance(value, dict):
        for child in value.values():
            yield from digests(child)
    elif isinstance(value, list):
        for child in value:
            yield from digests(child)
    elif isinstance(value, str) and len(value) == hashlib.sha256().digest_size * 2:
        yield value


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(data)
    fresh.replace(path)
