"""The check of a whole registry: part by part in several processes, then what needs all of it.

The rules that look at every namespace (REGISTRY_RULES) ask who else uses a remote's address. So
they are asked about those entries alone that share one with another server.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from builder import check, checking, collector, git, parallel, scope
from builder.finding import Finding
from builder.git import Repository, TreeEntry
from builder.path import Kind, place

Uses = list[tuple[str, list[str]]]
"""Entries that have remotes: path, addresses."""


def check_all(repository: Repository, jobs: int) -> tuple[int, list[Finding]]:
    """Check the working tree, or of a bare repository the commit HEAD, by every rule.

    Gives the number of files, and the findings in the order of reports.
    """
    files = scope.files(repository)
    work = tuple(checking.parts(files))
    findings: list[Finding] = []
    uses: Uses = []
    for found, used in parallel.each(partial(_part, repository.root), work, jobs, len(work)):
        findings += found
        uses += used
    rivals = tuple(_beside(files, _sharing(uses)))
    if rivals:
        findings += check.check_across(scope.of_files(repository, rivals))
    return len(files), sorted(findings, key=lambda finding: finding.sort_key)


def _part(root: Path, files: checking.Part) -> tuple[list[Finding], Uses]:
    with collector.paused():
        found = scope.of_files(git.discover(root), files)
        uses = [
            (path, [url for _, url in used]) for path, used in found.tree.remotes.items() if used
        ]
        return check.check_part(found), uses


def _sharing(uses: Uses) -> set[str]:
    """Give the paths of the entries that use an address which another server has too."""
    servers: dict[str, set[str]] = defaultdict(set)
    for path, used in uses:
        for url in used:
            servers[url].add(place(path).name)
    return {path for path, used in uses if any(len(servers[url]) > 1 for url in used)}


def _beside(files: Iterable[TreeEntry], paths: set[str]) -> Iterator[TreeEntry]:
    """Give the files at these paths, and the sidecars of their servers."""
    names = {place(path).name for path in paths}
    for file in files if names else ():
        where = place(file.path)
        sidecar = where.kind in (Kind.STATUS, Kind.UPSTREAM) and where.name in names
        if sidecar or file.path in paths:
            yield file
