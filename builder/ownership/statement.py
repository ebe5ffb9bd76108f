"""What a key signs: a statement about one file of one registry, for one purpose, until a day.

The message is a row of netstrings (https://cr.yp.to/proto/netstrings.txt). Each part carries its
length, so that no two statements have the same message, and nothing else that a key signs (the
official registry has it sign a time stamp) begins as this does. The registry and the day are in
it because a signature is public: without them it would fit another registry, and for ever.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from builder.model.config import Config
from builder.model.layout import Kind, place

DAY = 24 * 3600
MAX_DAYS = 90
"""The longest that a signature may count, in days from when it is made."""

FIRST_FORM = "mcp-registry entry v1"
"""The purpose of signatures that are bound to no registry and no day; none is taken any more."""


class Purpose(enum.StrEnum):
    """What a signature is for: the kind of file that it speaks for."""

    ENTRY = "mcp-registry entry v2"
    STATUS = "mcp-registry status v2"
    NAMESPACE = "mcp-registry namespace v2"


_PURPOSES = {
    Kind.ENTRY: Purpose.ENTRY,
    Kind.STATUS: Purpose.STATUS,
    Kind.NAMESPACE: Purpose.NAMESPACE,
}


class RegistryIdentity(NamedTuple):
    """Which registry a signature is for: its extension namespace, and its base URL's host."""

    namespace: str
    host: str


def identity(config: Config) -> RegistryIdentity:
    """Return the identity of the registry with these settings."""
    return RegistryIdentity(config.extension_namespace, urlsplit(config.base_url).hostname or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is signed.

    `path` is the file's, which must be an entry, status.yaml or namespace.yaml; `digest` the
    SHA-256 of its bytes in hex; `expires` in seconds since 1970. `counter` orders the signatures
    of a file that changes, and is 0 for an entry, which never does.
    """

    registry: RegistryIdentity
    path: str
    digest: str
    expires: int
    counter: int = 0

    @property
    def purpose(self) -> Purpose:
        """What kind of file the statement is about."""
        return _PURPOSES[place(self.path).kind]

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        where = place(self.path)
        name = where.name if where.server else ""
        numbers = (str(self.expires), str(self.counter))
        about = (where.namespace, name, where.version, self.digest)
        return _netstrings((self.purpose, *self.registry, *numbers, *about))


def purpose_of(path: str) -> Purpose | None:
    """Return what a signature of a file is for, None if files of its kind are not signed."""
    return _PURPOSES.get(place(path).kind)


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def first_form(name: str, version: str, data: bytes) -> bytes:
    """Return the message of the first form, which says nothing of registry and time."""
    return _netstrings((FIRST_FORM, name.partition("/")[0], name, version, digest(data)))


def _netstrings(parts: Iterable[str]) -> bytes:
    encoded = (part.encode("utf-8", "surrogatepass") for part in parts)
    return b"".join(b"%d:%b," % (len(part), part) for part in encoded)
