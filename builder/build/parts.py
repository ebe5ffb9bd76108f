"""A site that is made on several machines: each makes every Nth run of its pages, one joins them.

A part is a tar: a member that says which part of what it is, then for each run a member with the
paths of its pages, and the pages as they will stand in the site's own archive.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import orjson

from builder.build.archive import Counts, Run, read_source, run_count, runs
from builder.catalogue import fingerprint
from builder.git.repository import Repository
from builder.model.errors import RegistryError
from builder.model.finding import Finding
from builder.output.archive import Members, file_member
from builder.output.writer import BuildSummary, failing_cleanly
from builder.runtime import atomic
from builder.runtime.progress import Progress

_PART, _RUN = ".mcp-registry/part.json", ".mcp-registry/run.json"
_BLOCK = tarfile.BLOCKSIZE
_END = bytes(2 * _BLOCK)


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

    def same_site(self, other: PartIdentity) -> bool:
        """Return whether another part belongs to the same site, divided the same way."""
        return {**asdict(self), "part": 0} == {**asdict(other), "part": 0}


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
    identity = PartIdentity(
        commit=source.catalogue.commit,
        settings=source.config.digest,
        builder=fingerprint.builder(),
        part=part,
        parts=parts,
        runs=run_count(source.catalogue),
        versions=sum(server.count for server in source.catalogue.servers),
    )
    target, counts = target.absolute(), Counts()
    atomic.remove_abandoned(target)
    with (
        failing_cleanly(target),
        progress.stage("pages") as advance,
        atomic.replacing(target) as file,
    ):
        file.write(file_member(_PART, orjson.dumps(identity)))
        made = runs(source.catalogue, source.config, jobs, target.parent, part - 1, parts)
        for number, members in made:
            counts.add(members)
            advance(len(members.paths))
            head = {"run": number, "size": members.size, "paths": members.paths}
            file.write(file_member(_RUN, orjson.dumps({**head, "blocks": len(members.blocks)})))
            file.write(members.blocks)
        file.write(_END)
    return counts.summary(source.catalogue), source.findings


def read_identity(file: IO[bytes]) -> PartIdentity:
    """Read which part a file is, from its start; RegistryError if it is none."""
    try:
        return PartIdentity(**orjson.loads(_read_member(file, _PART) or b""))
    except (TypeError, ValueError, tarfile.TarError) as error:
        raise RegistryError(
            f"{file.name} is not a part of a site",
            help="make it with: mcp-registry build --part K/N",
        ) from error


def read_runs(file: IO[bytes]) -> Iterator[Run]:
    """Yield the runs of a part after its identity; RegistryError if it was cut off."""
    try:
        while (data := _read_member(file, _RUN)) is not None:
            head = orjson.loads(data)
            blocks = file.read(head["blocks"])
            if len(blocks) < head["blocks"]:
                raise tarfile.ReadError("pages are missing")
            yield head["run"], Members(tuple(head["paths"]), head["size"], blocks)
    except (TypeError, KeyError, ValueError, tarfile.TarError) as error:
        raise RegistryError(
            f"{file.name} is damaged or was cut off", help="make or copy this part again"
        ) from error


def _read_member(file: IO[bytes], name: str) -> bytes | None:
    """Return the content of the member that comes next, None at the end of the archive."""
    header = file.read(_BLOCK)
    if header == bytes(_BLOCK):
        return None
    info = tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
    if info.name != name:
        raise tarfile.ReadError(f"{name} is missing")
    padded = file.read(info.size + -info.size % _BLOCK)
    if len(padded) < info.size:
        raise tarfile.ReadError(f"{name} is cut off")
    return padded[: info.size]
