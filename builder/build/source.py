"""git -> catalogue: read one commit of a registry repository and its history.

The first two arrows of the build. Only git objects are read, so that a bare repository, a
detached HEAD and a working tree with half-finished changes all give the same answer.

Reading can go on from an earlier commit of the same line (reading.py).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from builder.build.errors import EntriesError
from builder.build.reading import SourceReading, read, with_findings
from builder.catalogue.catalogue import Catalogue
from builder.check import collections as check_collections
from builder.check import renames as check_renames
from builder.git import origin_files, records
from builder.git.own_files import with_own_files
from builder.git.repository import Repository
from builder.git.settings import load_for_this_builder
from builder.history.state import State
from builder.icons.file import FOLDER, NAME
from builder.model import sidecars
from builder.model.collection import CollectionFile
from builder.model.config import Config
from builder.model.finding import Finding, has_errors
from builder.model.layout import COLLECTIONS, Kind, place
from builder.rules import current_schema
from builder.runtime import gc_pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A registry as its repository has it: settings, catalogue, and what is wrong with it."""

    config: Config
    catalogue: Catalogue
    findings: tuple[Finding, ...]
    reading: SourceReading


def load(
    repository: Repository, rev: str = "HEAD", earlier: SourceReading | None = None, jobs: int = 1
) -> Source:
    """Return the registry at a revision.

    Goes on from `earlier`, whose state it changes, where that is on the same line of commits.
    `jobs` processes check entries while this one replays history. What is wrong with entries comes
    back as findings; what can be published nowhere (history/drafts.py) is not in the catalogue.
    Raises RepositoryError (no such commit, shallow clone) and ConfigError (registry.yaml).
    """
    commit = repository.commit(rev)
    repository.require_full_history()
    settings, own_findings = with_own_files(
        load_for_this_builder(repository, commit), repository, commit
    )
    line = repository.dates(commit)
    if earlier is None or all(earlier.state.commit != known for known, _ in line):
        earlier = SourceReading()
    with gc_pause.paused():
        reading = read(repository, line, earlier, jobs)
        collections, unknown = _collections(repository, commit, reading.state.servers)
        reading = with_findings(reading, [*own_findings, *unknown, *_renames(reading.state)])
        catalogue = Catalogue(
            commit=commit,
            time=reading.state.time,
            servers=reading.state.catalogue_servers(),
            events=reading.state.events,
            namespaces=reading.namespaces,
            collections=collections,
            origins=origin_files.read(repository, commit),
            blocked=reading.state.blocked_servers,
            breaks_schema=current_schema.breaks,
            icons=_icons(repository, commit),
        )
    return Source(config=settings, catalogue=catalogue, findings=reading.findings, reading=reading)


def refuse_errors(source: Source) -> None:
    """Raise EntriesError, with the findings, if one is an error."""
    if has_errors(source.findings):
        raise EntriesError(source.findings)


def _collections(
    repository: Repository, commit: str, names: Container[str]
) -> tuple[dict[str, CollectionFile], list[Finding]]:
    """Return the collections that can be read, by slug, and which servers they lack; all are read
    each time, as they are few.
    """
    files = [
        file
        for file in repository.tree(commit, COLLECTIONS)
        if place(file.path).kind is Kind.COLLECTION and file.mode in records.FILES
    ]
    blobs = dict(repository.blobs(dict.fromkeys(file.blob for file in files))) if files else {}
    collections: dict[str, CollectionFile] = {}
    findings: list[Finding] = []
    for file in files:
        with suppress(sidecars.SidecarError):
            slug = file.path.rpartition("/")[2].removesuffix(".yaml")
            collections[slug] = sidecars.read_collection(blobs[file.blob])
            findings += check_collections.findings(file.path, blobs[file.blob], names)
    return collections, findings


def _renames(state: State) -> Iterator[Finding]:
    return check_renames.findings(state.renames.rows, state.servers)


def _icons(repository: Repository, commit: str) -> dict[str, Callable[[], bytes]]:
    """Return what reads the files of icons, by their names."""
    return {
        name: partial(_read_blob, repository, file.blob)
        for file in repository.tree(commit, FOLDER)
        if NAME.fullmatch(name := file.path.removeprefix(f"{FOLDER}/"))
        and file.mode in records.FILES
    }


def _read_blob(repository: Repository, blob: str) -> bytes:
    return next(data for _, data in repository.blobs([blob]))
