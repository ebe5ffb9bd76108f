"""Files checked part by part in several processes: those of a commit, or a whole registry.

A part is some whole namespaces: what is wrong with one follows from its files alone (names that
differ only in case count as one). What needs all of a registry comes after its parts: the rules
that look at every namespace (REGISTRY_RULES) ask who else uses a remote's address, so they are
asked only about entries that share one with another server.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from builder.check import collections, engine, known_advisories, policy_findings, scope
from builder.check import renames as check_renames
from builder.check.policy_findings import PolicyQuestion
from builder.git import records
from builder.git.discovery import discover
from builder.git.records import TreeEntry
from builder.git.repository import Repository
from builder.model import remote_address
from builder.model.finding import Finding
from builder.model.layout import COLLECTIONS, SERVERS, Kind, ownership_sidecars, place
from builder.model.policy_settings import Policy
from builder.model.sidecars import StatusFile
from builder.rules.engine.private import of_policy
from builder.rules.engine.subject import Tree
from builder.runtime import gc_pause, processes

PART = 4_000
"""Files of a part at least. Checking as many takes 0.2 s, a process 0.5 s to start."""
_OF_COLLECTIONS = f"{COLLECTIONS}/"
Part = tuple[TreeEntry, ...]
Uses = list[tuple[str, list[str]]]
"""Entries that have remotes: path, keys of the addresses."""
Renames = list[tuple[str, check_renames.Row]]
"""Entries by path, each with the names that its server has and had."""


def group(path: str) -> str:
    """Return the part of servers/ that a path is in, in lower case: what is checked together."""
    return path.removeprefix(f"{SERVERS}/").partition("/")[0].lower()


@contextmanager
def begun(
    repository: Repository, files: Iterable[TreeEntry], jobs: int
) -> Iterator[Iterator[Finding]]:
    """Check these files of whole namespaces in `jobs` processes while a block runs.

    The block gets the findings, to take at its end. With one job they are looked for only then.
    """
    work = tuple(parts(files))
    del files  # each process gets its own; they are let go of when all are sent
    checking = processes.alongside(partial(_check, repository.root), work, jobs, last=True)
    del work
    with checking as parts_checked:
        yield (finding for part in parts_checked for finding in part)


def parts(files: Iterable[TreeEntry]) -> Iterator[Part]:
    """Divide files into parts of whole namespaces."""
    groups: dict[str, list[TreeEntry]] = defaultdict(list)
    for file in files:
        groups[group(file.path)].append(file)
    part: list[TreeEntry] = []
    for files_together in groups.values():
        part += files_together
        if len(part) >= PART:
            yield tuple(part)
            part = []
    if part:
        yield tuple(part)


def _check(root: Path, files: Part) -> list[Finding]:
    # Each process reads for itself: sent from another, every blob would be copied twice.
    needed = dict.fromkeys(file.blob for file in files if file.mode in records.FILES)
    with gc_pause.paused():
        blobs, _ = discover(root).contents(needed)
        return engine.check_tree(files, blobs.__getitem__)


def check_all(
    repository: Repository, jobs: int, policy: Policy | None = None
) -> tuple[int, list[Finding]]:
    """Check the working tree, or of a bare repository the commit HEAD, by every rule.

    `policy` says which hosts of its own the registry allows, and what may be published. Returns the
    number of files, and the findings in the order of reports.
    """
    files = scope.files(repository)
    work = tuple(parts(files))
    findings: list[Finding] = []
    uses: Uses = []
    renames: Renames = []
    for part_findings, used, renamed in processes.each(
        partial(_part, repository.root, policy or Policy()), work, jobs, len(work)
    ):
        findings += part_findings
        uses += used
        renames += renamed
    rivals = tuple(_with_sidecars(files, _sharing(uses)))
    if rivals:
        findings += engine.check_across(scope.of_files(repository, rivals))
    findings += _collections(repository, files)
    if renames:
        findings += check_renames.findings(dict(renames), _names(files))
    return len(files), sorted(findings, key=lambda finding: finding.sort_key)


def _collections(repository: Repository, files: Iterable[TreeEntry]) -> Iterator[Finding]:
    chosen = [
        file
        for file in files
        if file.path.startswith(_OF_COLLECTIONS) and place(file.path).kind is Kind.COLLECTION
    ]
    if not chosen:
        return
    names = _names(files)
    read = scope.of_files(repository, chosen).read
    for file in chosen:
        if file.mode in records.FILES:
            yield from collections.findings(file.path, read(file.path), names)


def _names(files: Iterable[TreeEntry]) -> set[str]:
    """Return the names of the servers that have entries."""
    names: dict[str, str] = {}
    for file in files:
        # Of each folder one entry is enough: to take every path apart costs a second.
        folder = file.path.rpartition("/")[0]
        if folder not in names and (where := place(file.path)).kind is Kind.ENTRY:
            names[folder] = where.name
    return set(names.values())


def _part(root: Path, policy: Policy, files: Part) -> tuple[list[Finding], Uses, Renames]:
    with gc_pause.paused():
        repository = discover(root)
        part = scope.of_files(repository, files, of_policy(policy))
        uses = [
            (path, [remote_address.key(url) for _, url in used])
            for path, used in part.tree.remotes.items()
            if used
        ]
        known = known_advisories.needed(repository, policy)
        question = PolicyQuestion(policy=policy, entering=False, known=known)
        of_the_policy = policy_findings.findings(part.entries, part.tree, question)
        return [*engine.check_part(part), *of_the_policy], uses, list(_renames(part.tree))


def _renames(tree: Tree) -> Iterator[tuple[str, check_renames.Row]]:
    """Yield what servers say of their names, of those that say anything."""
    for path, status in tree.sidecars.items():
        every = status.root.get("*") if isinstance(status, StatusFile) else None
        if every and (every.renamed_to or every.renamed_from):
            yield place(path).name, (every.renamed_to or "", every.renamed_from)


def _sharing(uses: Uses) -> set[str]:
    """Return the paths of the entries that use an address which another server has too."""
    servers: dict[str, set[str]] = defaultdict(set)
    for path, used in uses:
        for url in used:
            servers[url].add(path.rpartition("/")[0])
    return {path for path, used in uses if any(len(servers[url]) > 1 for url in used)}


def _with_sidecars(files: Iterable[TreeEntry], paths: set[str]) -> Iterator[TreeEntry]:
    """Return the files at these paths, and the sidecars of their servers."""
    wanted = {*paths, *(sidecar for path in paths for sidecar in ownership_sidecars(path))}
    return (file for file in files if file.path in wanted)
