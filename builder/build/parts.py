"""A site that is made on several machines: each makes every Nth run of its pages, one joins them.

A part is a tar: a member that says which part of what it is, then for each run a member with the
paths of its pages, and the pages as they will stand in the site's own archive. Last comes the hash of
all before it: what was altered or lost on the way would be published otherwise.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import orjson

from builder.build.archive import Counts, Run, read_source, run_count, runs
from builder.build.forecast import forecast
from builder.build.source import Source
from builder.catalogue import fingerprint
from builder.git.repository import Repository
from builder.model.errors import RegistryError
from builder.model.finding import Finding
from builder.output.archive import Members, file_member
from builder.output.writer import BuildSummary, failing_cleanly
from builder.runtime import atomic
from builder.runtime.progress import Advance, Progress

_PART, _RUN = ".mcp-registry/part.json", ".mcp-registry/run.json"
_HASH = ".mcp-registry/sha256"
_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class PartIdentity:
    """Which part of which site: `part` of `parts`, counted from 1. Only parts of one site are joined.

    The site has `versions` versions and is made in `runs` runs.
    """

    commit: str
    settings: str
    builder: str
    part: int
    parts: int
    runs: int
    versions: int

    def differences(self, other: PartIdentity) -> list[str]:
        """Return in what another part is of another site, or of one that is divided another way."""
        own, others = asdict(self), asdict(other)
        return [key for key in own if key != "part" and own[key] != others[key]]


def build_part(
    repository: Repository,
    rev: str,
    target: Path,
    jobs: int,
    part: int,
    parts: int,
    progress: Progress,
    *,
    strict: bool = False,
) -> tuple[BuildSummary, tuple[Finding, ...]]:
    """Build a part of the site of a revision; return what was written, and the findings.

    Raises EntriesError with `strict` if anything is wrong, OutputError if the file system refuses;
    then `target` is as it was.
    """
    source = read_source(repository, rev, jobs, progress, strict=strict)
    # Said by each: whoever joins them hours later may be refused.
    for sentence in forecast(source.catalogue, source.config):
        progress.warn(sentence)
    identity = _identity(source, part, parts)
    target, counts = target.absolute(), Counts()
    atomic.remove_abandoned(target)
    with (
        failing_cleanly(target),
        progress.stage("pages") as advance,
        atomic.replacing(target) as file,
    ):
        made = runs(source.catalogue, source.config, jobs, target.parent, part - 1, parts)
        sha256 = hashlib.sha256()
        for data in _written(identity, made, counts, advance):
            sha256.update(data)
            file.write(data)
        file.write(_end(sha256.digest()))
    return counts.summary(source.catalogue), source.findings


def _identity(source: Source, part: int, parts: int) -> PartIdentity:
    return PartIdentity(
        commit=source.catalogue.commit,
        settings=source.config.digest,
        builder=fingerprint.builder(),
        part=part,
        parts=parts,
        runs=run_count(source.catalogue),
        versions=sum(server.count for server in source.catalogue.servers),
    )


def _written(
    identity: PartIdentity, made: Iterable[Run], counts: Counts, advance: Advance
) -> Iterator[bytes]:
    """Yield a part but for its end, piece by piece; its pages are counted as they come."""
    yield file_member(_PART, orjson.dumps(identity))
    for number, members in made:
        counts.add(members)
        advance(len(members.paths))
        head = {"run": number, "size": members.size, "paths": members.paths}
        yield file_member(_RUN, orjson.dumps({**head, "blocks": len(members.blocks)}))
        yield members.blocks


def read_identity(file: IO[bytes]) -> PartIdentity:
    """Read which part a file is, from its start; RegistryError if it is none."""
    try:
        return PartIdentity(**orjson.loads(_read_member(file, _PART) or b""))
    except (TypeError, ValueError, tarfile.TarError) as error:
        raise RegistryError(
            f"{file.name} is not a part of a site",
            help="make it with: mcp-registry build --part K/N",
        ) from error


def require_whole(file: IO[bytes]) -> None:
    """Raise RegistryError if a part is not, to the last byte, what was written."""
    sha256 = hashlib.sha256()
    left = file.seek(0, os.SEEK_END) - len(_end(sha256.digest()))
    file.seek(0)
    while left > 0 and (data := file.read(min(left, _CHUNK))):
        sha256.update(data)
        left -= len(data)
    if file.read() != _end(sha256.digest()):
        raise RegistryError(
            f"{file.name} is damaged or was cut off", help="make or copy this part again"
        )


def read_runs(file: IO[bytes]) -> Iterator[Run]:
    """Yield the runs of a part that is whole."""
    file.seek(0)
    read_identity(file)
    while (data := _read_member(file, _RUN)) is not None:
        head = orjson.loads(data)
        yield head["run"], Members(tuple(head["paths"]), head["size"], file.read(head["blocks"]))


def _end(digest: bytes) -> bytes:
    return file_member(_HASH, digest) + bytes(2 * _BLOCK)


def _read_member(file: IO[bytes], name: str) -> bytes | None:
    """Return the content of the member that comes next, None if it has another name."""
    info = tarfile.TarInfo.frombuf(file.read(_BLOCK), "utf-8", "surrogateescape")
    if info.name != name:
        return None
    return file.read(info.size + -info.size % _BLOCK)[: info.size]
