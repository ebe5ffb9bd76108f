"""Where the pages of a server and its versions stand, so that each has a path of its own.

Pages are documents in folders, and folders are named after servers and versions. No two pages can
want one path as long as no folder has a document's name, and none of a version is called `latest`:
`refusal` asks that of the very paths that the pages get. The rules ask it before an entry is let
in, and the replay of history once more: what has no path of its own is published nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from builder.model.layout import encode_version, entry_path

INDEX = "index.json"
LATEST = "latest"
_DOCUMENTS = frozenset({INDEX, "index.html", "index.md"})
_NO_FOLDERS = frozenset({"", ".", ".."})
_SIMPLE = re.compile(r"[0-9][A-Za-z0-9.+-]{0,63}")
_PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
_SIMPLE_NAME = re.compile(rf"(?!.*index\.){_PART}/{_PART}", re.IGNORECASE | re.ASCII)
MAX_NAME = 255
"""Bytes of a file's name: what every common file system takes."""


def versions_document(folder: str) -> str:
    """Return the path of the list of versions, for the folder of a server."""
    return f"{folder}/versions/{INDEX}"


def version_document(folder: str, version: str) -> str:
    """Return the path of a version's document, for the folder of its server.

    The version stands in it as it is: a host decodes `%2F` to a slash.
    """
    return f"{folder}/versions/{version}/{INDEX}"


def server_folder(name: str) -> str:
    """Return the folder of a server's page for people."""
    return f"servers/{name}"


def version_folder(name: str, version: str) -> str:
    """Return the folder of a version's page for people: its file name in the repository without `.json`."""
    return f"{server_folder(name)}/{encode_version(version)}"


def is_sealed(path: str) -> bool:
    """Return whether a file is one that `seal` or `trust` adds to a site: no build knows of it."""
    if not path.startswith("v0.1/x/"):
        return False
    own = path.split("/", 3)[-1]
    return own.startswith((TRUST, MANIFEST)) or own in SEALS or own == ATTESTATION


TRUST, MANIFEST = "trust/", "manifest/"
CHECKPOINT, ATTESTATION = "log/checkpoint", "log/checkpoint.sigstore"
SEALS = (CHECKPOINT, "log/key")
NAMED_KEY = "named-key"
"""Below the folder of the registry's extensions: what is signed, and so no function of a commit.

ATTESTATION is not among SEALS: it is made after trust metadata, and vouches for itself. NAMED_KEY,
in the log's folder, is no signature but the key that registry.yaml names: a build writes it.
"""


def refusal(name: str, version: str) -> str:
    """Return why a version cannot have a file and pages of its own; "" if it can."""
    # Of most versions only the name matters, and most names are simple: 100,000 are asked about.
    is_simple = _SIMPLE.fullmatch(version)
    if is_simple and _SIMPLE_NAME.fullmatch(name):
        return ""
    return _refusal(name, "1" if is_simple else version)


@lru_cache(maxsize=4096)
def _refusal(name: str, version: str) -> str:
    if version.casefold() == LATEST:
        return "is the address of the newest version"
    for path in _paths(name, version):
        *folders, _ = parts = path.split("/")
        if not _NO_FOLDERS.isdisjoint(parts):
            return "has a part that is no name of a folder"
        if "\0" in path:
            return "has a NUL character"
        if reserved := _DOCUMENTS.intersection(folder.casefold() for folder in folders):
            return f"makes a folder of the name {min(reserved)}, which pages have"
        longest = max(len(part.encode("utf-8", "surrogatepass")) for part in parts)
        if longest > MAX_NAME:
            return f"makes a file name of {longest:,} bytes, at most {MAX_NAME} are possible"
    return ""


def _paths(name: str, version: str) -> Iterator[str]:
    """Return the paths that an entry needs: file and signature in the repository, and its pages."""
    yield f"{entry_path(name, version)}.sig"
    yield version_document(server_folder(name), version)
    yield f"{version_folder(name, version)}/index.html"
