"""git -> catalogue: read one commit of a registry repository and its history.

The first two arrows of the build. Only git objects are read, so that a bare repository, a
detached HEAD and a working tree with half-finished changes all give the same answer.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from builder import config, history, sidecar, structure, timestamp
from builder.catalogue import Catalogue
from builder.config import Config
from builder.errors import ConfigError
from builder.finding import Finding
from builder.git import REGULAR, Repository
from builder.path import CONFIG, SERVERS, Kind, place
from builder.sidecar import Namespace


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A registry as its repository has it: settings, catalogue, and what is wrong with it."""

    config: Config
    catalogue: Catalogue
    findings: tuple[Finding, ...]


def load(repository: Repository, rev: str = "HEAD") -> Source:
    """Read the registry at a revision.

    Raises RepositoryError (no such commit, shallow clone) and ConfigError (registry.yaml).
    What is wrong with entries comes back as findings.
    """
    commit = repository.commit(rev)
    repository.require_full_history()
    settings = load_config(repository, commit)
    with _paused_collector():
        commits = list(repository.history(commit))
        tree = repository.tree(commit, SERVERS)
        needed = dict.fromkeys(history.blobs_needed(commits))
        needed |= {entry.blob: None for entry in tree if entry.mode == REGULAR}
        blobs = dict(repository.blobs(needed))
        findings = structure.check(tree, blobs.__getitem__)
        state = history.replay(history.State(), commits, blobs.__getitem__)
        namespaces = {
            place(entry.path).namespace: namespace
            for entry in tree
            if place(entry.path).kind is Kind.NAMESPACE
            and (namespace := _namespace(blobs[entry.blob])) is not None
        }
    catalogue = Catalogue(
        commit=commit,
        time=timestamp.from_git(state.time),
        servers=state.catalogue_servers(),
        events=tuple(state.events),
        namespaces=namespaces,
    )
    return Source(config=settings, catalogue=catalogue, findings=tuple(findings))


def load_config(repository: Repository, rev: str) -> Config:
    """Read registry.yaml of a revision; ConfigError if it is missing or wrong."""
    data = repository.blob(rev, CONFIG)
    if data is None:
        raise ConfigError(
            f"{CONFIG} is not in commit {rev[:12]}",
            help="make a registry with: mcp-registry init DIR   (or commit the file)",
        )
    return config.parse(data)


def _namespace(data: bytes) -> Namespace | None:
    try:
        return sidecar.read_namespace(data)
    except sidecar.SidecarError:
        return None


@contextmanager
def _paused_collector() -> Iterator[None]:
    # The collector walks all live objects again and again while they only grow: loading 150,000
    # documents takes 1.15 s without it and 4.84 s with it.
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
