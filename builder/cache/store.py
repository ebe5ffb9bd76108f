"""A cache that notices when it is wrong: plain data in blocks named by their SHA-256.

A root is a small file that names blocks by the hash of their content, and is guarded by a hash of
its own, so that whatever is missing, truncated or altered is noticed where it is read
(UnusableCache). Data is JSON and raw bytes, never code: reading a foreign cache can do no harm.
This protects from accidents, not from somebody who may write to the folder: they could write to
the site as well.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from builder.runtime import atomic


class UnusableCache(Exception):
    """A part of the cache is missing, altered, or written in another format: build clean."""


def fingerprint(*parts: bytes) -> str:
    """Return one SHA-256 (hex) over several byte strings, told apart by their lengths."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()


def encode(value: object) -> bytes:
    """Return a value as JSON, dataclasses as objects.

    A text with half a surrogate pair (a path that is not UTF-8), which orjson refuses, is kept.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, separators=(",", ":"), default=_fields).encode()


def decode(data: bytes) -> Any:
    """Return the value that `encode` wrote, dataclasses as the objects that they became."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


class Cache:
    """Blocks and roots in a folder. Writing makes the folder; reading never does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._blocks = folder / "blocks"

    def read(self, digest: str) -> bytes:
        """Return the content of a block; raise UnusableCache if it is missing or was altered."""
        try:
            data = (self._blocks / digest).read_bytes()
        except OSError as error:
            raise UnusableCache(f"block {digest}: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise UnusableCache(f"block {digest} was altered")
        return data

    def write(self, data: bytes) -> str:
        """Write a block, unless it is there already, and return its name."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._blocks / digest
        if not path.exists():
            self._blocks.mkdir(parents=True, exist_ok=True)
            atomic.write(path, data)
        return digest

    def read_root(self, name: str) -> bytes:
        """Return the content of a root; raise UnusableCache if it is missing or was altered."""
        try:
            guard, _, data = (self.folder / name).read_bytes().partition(b"\n")
        except OSError as error:
            raise UnusableCache(f"{name}: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest().encode() != guard:
            raise UnusableCache(f"{name} was altered")
        return data

    def write_root(self, name: str, data: bytes) -> None:
        """Write a root, all of it or nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        guard = hashlib.sha256(data).hexdigest().encode()
        atomic.remove_abandoned(self.folder / name)
        atomic.write(self.folder / name, guard + b"\n" + data)

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
