"""The signed list of a site's digests, so that anybody can build it again and compare.

`manifest/<xx>.json` has the SHA-256 of every file whose path's SHA-256 begins with that byte: a
change renews the parts of the files that it changes. `manifest/list` is a note that the log's key
signed, over the commit, the builder's version and the digest of every part.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from builder import __version__
from builder.model.page_paths import MANIFEST, is_sealed
from builder.output.tree import remove_tree
from builder.pull.site_files import FolderFiles
from builder.runtime import atomic
from builder.sealing.site import UnsealedLog
from builder.trust import note
from builder.trust.note import Note, VerifierKey
from builder.trust.seal import LogKey
from builder.trust.tiles import ProofError

PARTS = 256
LARGEST_PART = 1 << 26
_LIST = "list"
_SIGNED = re.compile(
    r"(?P<title>.+)\n(?P<commit>[0-9a-f]{40}|[0-9a-f]{64})\n(?P<builder>[0-9A-Za-z.+!-]{1,80})\n"
    r"(?P<parts>(?:[0-9a-f]{2}\.json [0-9a-f]{64}\n)*)"
)
"""The list, as whoever has the key could have signed it: it says what is to be built and installed."""

Digests = Mapping[str, str]
"""The SHA-256 (hex) of files by their paths."""
_PART = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteManifest:
    """What a site was built from and with, and the digest of each of its files."""

    commit: str
    builder: str
    digests: Digests


def write(log: UnsealedLog, key: LogKey) -> int:
    """Hash every file of a built site, sign the list into it, and return how many files it has."""
    own = (log.site / log.folder).parent / MANIFEST
    digests = digests_of(log.site)
    version = orjson.loads(FolderFiles(log.site).read("v0.1/version/index.json"))
    remove_tree(own)
    own.mkdir()
    lines = [f"{log.head.origin}/manifest", version["git_commit"], version["version"]]
    for name, part in _parts(digests).items():
        body = orjson.dumps(part, option=orjson.OPT_SORT_KEYS)
        atomic.write(own / name, body)
        lines.append(f"{name} {hashlib.sha256(body).hexdigest()}")
    text = "".join(f"{line}\n" for line in lines)
    signed = Note(text, (note.sign(text, key.public, key.private),))
    atomic.write(own / _LIST, str(signed).encode())
    return len(digests)


def read(read_file: Callable[[str, int], bytes], folder: str, key: VerifierKey) -> SiteManifest:
    """Read the manifest of a site; ProofError if the key did not sign it, or a part is another.

    `folder` is that of the extensions below the site.
    """
    own = f"{folder}/{MANIFEST}"
    signed = note.read_note(read_file(f"{own}{_LIST}", LARGEST_PART))
    note.require(signed, key)
    form = _SIGNED.fullmatch(signed.text)
    if form is None or form["title"] != f"{key.name}/manifest":
        raise ProofError("what the key signed is not a list of digests")
    digests: dict[str, str] = {}
    for row in form["parts"].splitlines():
        name, _, digest = row.partition(" ")
        body = read_file(own + name, LARGEST_PART)
        if hashlib.sha256(body).hexdigest() != digest:
            raise ProofError(f"{own}{name} is not the one that was signed")
        digests |= _read_part(body)
    return SiteManifest(commit=form["commit"], builder=form["builder"], digests=digests)


def _read_part(body: bytes) -> Digests:
    try:
        return _PART.validate_json(body)
    except ValidationError as error:
        raise ProofError("a part of the list of digests is not what it should be") from error


def digests_of(site: Path) -> Digests:
    """Return the digest of every file of a built site, but of those that were signed."""
    return {
        path: hashlib.sha256((site / path).read_bytes()).hexdigest() for path in _built_files(site)
    }


def differences(ours: Digests, theirs: Digests) -> list[str]:
    """Return the paths of files that are not the same, each with what is wrong, in byte order."""
    words = {(True, False): "only here", (False, True): "only there"}
    return [
        f"{path}: {words.get((path in ours, path in theirs), 'differs')}"
        for path in sorted({*ours, *theirs})
        if ours.get(path) != theirs.get(path)
    ]


def current_builder() -> str:
    """Return the version of the builder that is running."""
    return __version__


def _built_files(site: Path) -> Iterator[str]:
    for parent, _, names in os.walk(site):
        for name in names:
            path = Path(parent, name).relative_to(site).as_posix()
            if not is_sealed(path):
                yield path


def _parts(digests: Digests) -> dict[str, dict[str, str]]:
    parts: dict[str, dict[str, str]] = {}
    for path, digest in digests.items():
        number = hashlib.sha256(path.encode("utf-8", "surrogateescape")).digest()[0]
        parts.setdefault(f"{number:02x}.json", {})[path] = digest
    return dict(sorted(parts.items()))
