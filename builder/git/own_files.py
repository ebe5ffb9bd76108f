"""The operator's own files of a site: those of a commit, or of a working tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from builder.git.records import FILES
from builder.git.repository import Repository
from builder.model import own_files
from builder.model.config import Config
from builder.model.finding import Finding
from builder.model.layout import COLLECTIONS
from builder.model.own_files import PAGES


def with_own_files(
    config: Config, repository: Repository, commit: str
) -> tuple[Config, tuple[Finding, ...]]:
    """Return settings with the own files of a commit, and what is wrong with these."""
    entries = {
        entry.path.removeprefix(f"{PAGES}/"): entry.blob
        for entry in repository.tree(commit, PAGES)
        if entry.mode in FILES
    }
    blobs = dict(repository.blobs(entries.values())) if entries else {}

    def read(path: str) -> bytes | None:
        blob = entries.get(path.removeprefix(f"{PAGES}/"))
        return blobs[blob] if blob else repository.blob(commit, path)

    files, findings = own_files.read(config.brand, entries, read)
    collections = list(repository.names(commit, COLLECTIONS))
    unknown = own_files.unknown_collections(_named_collections(config), collections)
    own = replace(files, has_collections=bool(collections))
    return config.with_own(own), (*findings, *unknown)


def check_working_tree(config: Config, repository: Repository) -> tuple[Finding, ...]:
    """Return what is wrong with the own files of the working tree."""
    if repository.bare:
        return with_own_files(config, repository, repository.commit("HEAD"))[1]
    root = repository.root

    def read(path: str) -> bytes | None:
        file = root / path
        # A link is not followed: it may lead out of the repository.
        return file.read_bytes() if file.is_file() and not file.is_symlink() else None

    findings = own_files.read(config.brand, _file_names(root / PAGES), read)[1]
    collections = _file_names(root / COLLECTIONS)
    return (*findings, *own_files.unknown_collections(_named_collections(config), collections))


def _file_names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def _named_collections(config: Config) -> Iterator[tuple[str, str]]:
    """Yield the collections that the settings name, each with the key that does."""
    yield from (("brand.featured", slug) for slug in config.brand.featured)
    for team in config.exports.teams:
        yield from ((f"exports.teams: {team.name}", slug) for slug in team.collections)
