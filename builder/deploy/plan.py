"""What a deploy has to do: pure functions over two manifests.

A manifest maps every path to the SHA-256 of its bytes. The target keeps the manifest of what it
has; comparing with it needs no listing of the target and no request for each file.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from builder.output.tree import DEPLOY_STATE

VERSION = 1
MANIFEST = f"{DEPLOY_STATE}/manifest.json"
INDEX = "index.json"
# What says how new the rest is: written when that is there.
_HEADS = frozenset(
    {INDEX, "head.json", "tree", "checkpoint", "checkpoint.sigstore", "timestamp.json"}
)

IsImmutable = Callable[[str], bool]
"""Tells whether a path is named by its content (see builder/pages/host_files.py)."""


class Phase(enum.IntEnum):
    """When a file is written. Nothing points to what is not there yet."""

    IMMUTABLE = 0
    """Named by its content: nobody asks for it before a page points to it."""
    NEW = 1
    """Pages under a path that the target has nothing under yet: what changes may point to them."""
    PAGE = 2
    """Documents and pages, each whole by itself."""
    HEAD = 3
    """Indexes and heads, and what they name with a hash: kept together, so that it takes seconds."""
    GENERATION = 4
    """The service index: it says which commit this is. The very last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a target holds; a hash of "" if that is not certain.

    `doomed` are files no longer wanted, and since when (seconds since 1970).
    """

    generation: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    doomed: Mapping[str, int] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Write the manifest as JSON."""
        value = {
            "version": VERSION,
            "generation": self.generation,
            "files": self.files,
            "doomed": self.doomed,
        }
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        """Read a manifest; ValueError if it is not one of this version."""
        value = orjson.loads(data)
        if not isinstance(value, dict) or value.get("version") != VERSION:
            raise ValueError("not a manifest of this version")
        generation, files, doomed = (value.get(key) for key in ("generation", "files", "doomed"))
        if not isinstance(generation, str):
            raise ValueError("its generation is no text")
        if not isinstance(files, dict) or not all(isinstance(x, str) for x in files.values()):
            raise ValueError("its files are no hashes by path")
        if not isinstance(doomed, dict) or not all(type(x) is int for x in doomed.values()):
            raise ValueError("its doomed files are no times by path")
        return cls(generation=generation, files=files, doomed=doomed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do, in order: `writes` by phase, then `deletes`; `result` is how it ends."""

    writes: tuple[tuple[str, ...], ...]
    deletes: tuple[str, ...]
    unchanged: int
    result: Manifest


def read_site(folder: Path, generation: str) -> Manifest:
    """Hash every file of a built site."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            files[path.relative_to(folder).as_posix()] = digest(path.read_bytes())
    return Manifest(generation=generation, files=files)


def digest(body: bytes) -> str:
    """Return a file's hash as a manifest has it."""
    return hashlib.sha256(body).hexdigest()


def make(
    have: Manifest,
    want: Manifest,
    is_immutable: IsImmutable,
    *,
    now: int,
    grace: int,
    rewrite: Collection[str] = (),
) -> Plan:
    """Compare what a target has with what it should have.

    Files in `rewrite` are written even if they are the same.
    `now` is in seconds since 1970. Immutable files that nothing needs any more stay `grace`
    seconds longer, for readers that hold an older page; a page that is withdrawn goes at once,
    because what was removed by moderation must not linger.
    """
    changed = [
        path
        for path, digest in want.files.items()
        if have.files.get(path) != digest or path in rewrite
    ]
    gone = [path for path in have.files if path not in want.files]
    doomed = {path: have.doomed.get(path, now) for path in gone if is_immutable(path)}
    late = [path for path, since in doomed.items() if since + grace <= now]
    kept = {path: have.files[path] for path in doomed if path not in late}
    return Plan(
        writes=tuple(
            tuple(sorted(path for path in changed if phase(path, have.files, is_immutable) is step))
            for step in Phase
        ),
        deletes=tuple(sorted([path for path in gone if path not in doomed] + late)),
        unchanged=len(want.files) - len(changed),
        result=Manifest(
            generation=want.generation,
            files={**want.files, **kept},
            doomed={path: doomed[path] for path in kept},
        ),
    )


def phase(path: str, known: Mapping[str, str], is_immutable: IsImmutable) -> Phase:
    """Return when a file is written; `known` is what the target has for certain."""
    if path == INDEX:
        return Phase.GENERATION
    if is_immutable(path):
        return Phase.IMMUTABLE
    is_own = path.startswith(("v0.1/x/", "packs/"))
    name = path.rpartition("/")[2]
    if is_own and (name in _HEADS or "snapshot" in name):
        return Phase.HEAD
    if not known.get(path):
        return Phase.NEW
    return Phase.HEAD if is_own else Phase.PAGE
