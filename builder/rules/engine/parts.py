"""What an entry holds, told fast: a rule is asked only about entries that hold what it looks at."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any


class EntryPart(enum.IntFlag):
    """A member of server.json, or what else a rule has to find before it can find a problem."""

    PACKAGES = enum.auto()
    REMOTES = enum.auto()
    REPOSITORY = enum.auto()
    ICONS = enum.auto()
    WEBSITE = enum.auto()
    TITLE = enum.auto()
    META = enum.auto()
    ARGUMENTS = enum.auto()
    """Of a package, for its runtime or itself."""
    ENVIRONMENT = enum.auto()
    RUNTIME_HINT = enum.auto()
    BASE_URL = enum.auto()
    HEADERS = enum.auto()
    """Of a remote or of a package's transport."""
    VARIABLES = enum.auto()
    """Of a remote or of a package's transport."""
    VIOLATION = enum.auto()
    """Something that breaks the schema that the document declares."""
    BODY_VIOLATION = enum.auto()
    """Something that the official API's typed body refuses."""
    LETTERS = enum.auto()
    """Characters outside ASCII."""
    ODD_NAME = enum.auto()
    """A name that is not plain (plain.py)."""
    ODD_VERSION = enum.auto()
    """A version, of the server or of a package, that is not three numbers."""
    ODD_PLACE = enum.auto()
    """Another name or version than the path says, or no path of an entry."""
    OLD_SCHEMA = enum.auto()
    """Another `$schema` than the current one, or none."""
    ODD_SCHEMA = enum.auto()
    """A `$schema` that is the address of no published one, or none."""
    TRANSPORT = enum.auto()
    """A package, or a remote, whose transport says more or less than stdio."""
    LARGE = enum.auto()
    """More bytes than an entry may have."""


ANY_ENTRY = EntryPart(0)
"""The parts of a rule that is asked about every entry."""

_PARTS: Mapping[str, EntryPart] = {
    "packages": EntryPart.PACKAGES,
    "remotes": EntryPart.REMOTES,
    "repository": EntryPart.REPOSITORY,
    "icons": EntryPart.ICONS,
    "websiteUrl": EntryPart.WEBSITE,
    "title": EntryPart.TITLE,
    "_meta": EntryPart.META,
    "runtimeArguments": EntryPart.ARGUMENTS,
    "packageArguments": EntryPart.ARGUMENTS,
    "environmentVariables": EntryPart.ENVIRONMENT,
    "runtimeHint": EntryPart.RUNTIME_HINT,
    "registryBaseUrl": EntryPart.BASE_URL,
    "headers": EntryPart.HEADERS,
    "variables": EntryPart.VARIABLES,
}
_KEYS = frozenset(_PARTS)
_STDIO = {"type": "stdio"}
_summed: dict[frozenset[str], int] = {}


def keyed(document: Mapping[str, Any]) -> int:
    """Return the parts of a document that have keys of their own, as a sum."""
    keys = set(document)
    transports = 0
    for key in ("packages", "remotes"):
        listed = document.get(key)
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict):
                keys.update(item)
                if (transport := item.get("transport")) != _STDIO:
                    transports = EntryPart.TRANSPORT.value
                    keys.update(transport if isinstance(transport, dict) else ())
    present = _KEYS & keys
    parts = _summed.get(present)
    if parts is None:
        parts = _summed[present] = sum({_PARTS[key].value for key in present})
    return parts | transports
