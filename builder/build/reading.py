"""Reading a commit on top of an earlier one: history, namespaces, findings.

History replays the new commits. What a namespace's files say, and what is wrong with them, follows
from that namespace alone (names that differ only in case count as one), so that only namespaces
with changes are read again.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from builder.check import collections as check_collections
from builder.check import parallel
from builder.check import renames as check_renames
from builder.check.parallel import group
from builder.git import long_history, records, trees
from builder.git.repository import Repository
from builder.history import dates
from builder.history.batches import carry_on
from builder.history.state import State
from builder.model import own_files, sidecars
from builder.model.finding import Finding
from builder.model.layout import (
    NAMESPACE_FILE,
    OPERATOR_FOLDERS,
    REGISTRY_FOLDERS,
    SERVERS,
    Kind,
    place,
)
from builder.model.sidecars import Namespace

_OF_THE_WHOLE = (dates.RULE, own_files.RULE, check_collections.RULE, check_renames.RULE)
"""Rules on more than one namespace: what they find is found anew each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """What was read of a commit: all that reading a later one needs.

    `changed` are the names of the servers that changed since the reading that this one went on
    from, None if it began with the first commit.
    """

    state: State = field(default_factory=State)
    namespaces: Mapping[str, Namespace] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    changed: frozenset[str] | None = None


def read(
    repository: Repository, line: Sequence[tuple[str, int]], earlier: SourceReading, jobs: int
) -> SourceReading:
    """Return what is to be read of the newest commit of a line, going on from `earlier`, whose state
    it changes.

    `line` is as Repository.dates has it. `jobs` processes check entries while this one replays history.
    """
    reading = _read_files(repository, line[0][0], earlier, jobs)
    # Of the whole line, whatever was read before: a later commit shows that one was ahead.
    dated = dates.date_findings(line, int(time.time()))
    return with_findings(reading, dated)


def with_findings(reading: SourceReading, more: Iterable[Finding]) -> SourceReading:
    """Return a reading with more findings, in the order of reports."""
    findings = sorted([*reading.findings, *more], key=lambda finding: finding.sort_key)
    return replace(reading, findings=tuple(findings))


def _read_files(
    repository: Repository, commit: str, earlier: SourceReading, jobs: int
) -> SourceReading:
    if not earlier.state.commit:
        commits = long_history.read(repository, commit, SERVERS, jobs)
        reading = _read_on(repository, earlier, commits, _all_files(repository, commit), jobs)
        return replace(reading, changed=None)
    new = tuple(repository.history(commit, since=earlier.state.commit))
    touched = frozenset(group(change.path) for added in new for change in added.changes)
    files = _files_of(repository, commit, touched)
    return _read_on(repository, _without(earlier, touched), new, files, jobs)


def _all_files(repository: Repository, commit: str) -> list[records.TreeEntry]:
    return [file for folder in REGISTRY_FOLDERS for file in repository.tree(commit, folder)]


def _read_on(
    repository: Repository,
    earlier: SourceReading,
    commits: Iterable[records.Commit],
    files: list[records.TreeEntry],
    jobs: int,
) -> SourceReading:
    """Replay commits on an earlier reading, and read and check the files of whole namespaces anew."""
    with parallel.begun(repository, files, jobs) as findings:
        namespaces = {**earlier.namespaces, **_namespaces(repository, files)}
        del files  # 55 MiB at 190,000 files, which nobody needs while history is replayed
        changed = carry_on(repository, earlier.state, commits)
        in_order = sorted([*earlier.findings, *findings], key=lambda finding: finding.sort_key)
    return SourceReading(
        state=earlier.state,
        namespaces=dict(sorted(namespaces.items())),
        findings=tuple(in_order),
        changed=frozenset(changed),
    )


def _without(earlier: SourceReading, touched: Collection[str]) -> SourceReading:
    """Return a reading without what it says of these namespaces (in lower case)."""
    return replace(
        earlier,
        namespaces={
            name: record
            for name, record in earlier.namespaces.items()
            if name.lower() not in touched
        },
        findings=tuple(
            finding
            for finding in earlier.findings
            if group(finding.path) not in touched and finding.rule not in _OF_THE_WHOLE
        ),
    )


def _files_of(
    repository: Repository, commit: str, namespaces: Collection[str]
) -> list[records.TreeEntry]:
    """Return the files of a commit in these namespaces (in lower case, as `group` has them)."""
    names = [name for name in repository.names(commit, SERVERS) if name.lower() in namespaces]
    operators = [folder for folder in OPERATOR_FOLDERS if folder in namespaces]
    return trees.select(repository, commit, [*(f"{SERVERS}/{name}" for name in names), *operators])


def _namespaces(repository: Repository, files: Iterable[records.TreeEntry]) -> dict[str, Namespace]:
    """Return what the namespace.yaml of each namespace holds, where it can be read."""
    ids = {
        where.namespace: file.blob
        for file in files
        if file.path.endswith(f"/{NAMESPACE_FILE}")
        and (where := place(file.path)).kind is Kind.NAMESPACE
        and file.mode in records.FILES
    }
    blobs = dict(repository.blobs(dict.fromkeys(ids.values())))
    return {
        name: record
        for name, blob in ids.items()
        if (record := _namespace(blobs[blob])) is not None
    }


def _namespace(data: bytes) -> Namespace | None:
    try:
        return sidecars.read_namespace(data)
    except sidecars.SidecarError:
        return None
