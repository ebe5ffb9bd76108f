"""Upstream registry -> servers/: pull, never proxy, so that every change is a reviewable diff.

What upstream has is kept as it is, valid or not: the document becomes `<version>.json`, the
registry's own block goes into `upstream.json`. What the policy leaves out, what cannot be stored
and what differs is reported; nothing that stands in servers/ is ever deleted. Of what the policy
excludes by now, upstream's own block still comes in: a deletion must not be missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.mirror import items as upstream_items
from builder.mirror import standing
from builder.mirror.intake import Intake
from builder.mirror.items import UpstreamItem, metadata_problem, path_problem, read, to_bytes
from builder.mirror.report import MirrorEntry, MirrorOutcome, MirrorReport
from builder.mirror.spellings import Spellings
from builder.model import sidecars
from builder.model.finding import Finding, Severity
from builder.model.layout import UPSTREAM_FILE, server_path
from builder.policy.entry import Load
from builder.rules import current_schema
from builder.runtime import atomic


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a run writes: the repository's folder, the source it mirrors, and what may come in.

    Files grow in `scratch`, or beside their place if it is None.
    """

    root: Path
    source: str
    intake: Intake
    scratch: Path | None
    spellings: Spellings

    def write(self, path: str, data: bytes) -> None:
        """Write a file unless it has this content already."""
        if not _has(self.root / path, data):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            atomic.write(self.root / path, data, scratch=self.scratch)


@dataclass(frozen=True, slots=True)
class _Step:
    """What is to become of one item: its line in the report, and its document if it is written."""

    item: UpstreamItem
    entry: MirrorEntry
    findings: Sequence[Finding] = ()
    document: bytes | None = None


def apply(
    root: Path,
    source: str,
    responses: Iterable[object],
    intake: Intake,
    *,
    complete: bool,
    scratch: Path | None = None,
) -> MirrorReport:
    """Write upstream's items into `root`/servers; only files whose content changes are touched.

    `source` is the upstream base URL, `responses` are ServerResponses of its API. `complete` says
    that they are all that upstream lists: then what stands here and is not among them is reported
    as unlisted (and kept). Files grow in `scratch`. Raises RegistryError if a file here is wrong,
    OSError if one cannot be written; a run that is killed is completed by the next.
    """
    report = MirrorReport()
    by_name: dict[str, dict[str, UpstreamItem]] = defaultdict(dict)
    for item in map(read, responses):
        if reason := path_problem(item):
            report.entries.append(_entry(item, MirrorOutcome.REFUSED, reason))
        else:
            by_name[item.name][item.version] = item
    target = _Target(root, source, intake, scratch, Spellings(root))
    for name, versions in sorted(by_name.items()):
        steps, before = _server(target, name, versions.values())
        report.entries += [step.entry for step in steps]
        report.findings += [finding for step in steps for finding in step.findings]
        report.apart += _apart(intake, steps)
        if before:
            report.taken_over.append((name, before))
    report.entries.sort(key=lambda entry: (entry.name, entry.version))
    if complete:
        report.unlisted = _unlisted(root, source, report.entries)
    report.unwanted = standing.unwanted(root, source, intake)
    return report


def _apart(intake: Intake, steps: Iterable[_Step]) -> Iterator[tuple[str, str, str]]:
    """Yield what came in and breaks the current schema, and how, where that is listed apart."""
    for step in steps if intake.invalid == "listed-apart" else ():
        came = step.entry.outcome in (MirrorOutcome.ADDED, MirrorOutcome.CONTENT)
        if came and (fault := current_schema.fault(step.item.server)):
            yield step.item.name, step.item.version, fault


def _unlisted(root: Path, source: str, entries: Iterable[MirrorEntry]) -> list[tuple[str, str]]:
    listed = {(entry.name, entry.version) for entry in entries}
    held = {
        (name, version)
        for name, upstream in standing.mirrored(root, source)
        for version in upstream.versions
    }
    return sorted(held - listed)


_LEFT_OUT = (MirrorOutcome.REFUSED, MirrorOutcome.EXCLUDED, MirrorOutcome.HELD)


def _server(target: _Target, name: str, items: Iterable[UpstreamItem]) -> tuple[list[_Step], str]:
    """Decide about a server's items, then write: a run killed in between is completed later.

    Return the steps, and the source that the server is taken over from, "" if it is not.
    upstream.json comes first, because a document without one is a server published here.
    """
    upstream = standing.read_upstream(target.root, name)
    foreign = _foreign(target, name, upstream)
    ours = None if foreign else upstream
    versions = dict(ours.versions) if ours else {}
    meta = dict(ours.meta) if ours else {}
    previous = standing.newest(target.root, name, ours) if ours else None
    steps = []
    for item in sorted(items, key=lambda item: item.version):
        known = versions.get(item.version), meta.get(item.version, {})
        step = _step(target, item, known, foreign, previous)
        steps.append(step)
        if step.entry.outcome not in _LEFT_OUT:
            versions[item.version] = dict(item.official)
            meta[item.version] = dict(item.others)
    accepted = any(step.entry.outcome not in _LEFT_OUT for step in steps)
    from_another = _is_from_another(target, ours)
    if versions and not foreign and (accepted or not from_another):
        target.write(server_path(name, UPSTREAM_FILE), _record(target.source, versions, meta))
    for step in steps:
        if step.document is not None:
            target.write(step.item.path, step.document)
    return steps, ours.source if ours and accepted and from_another else ""


def _record(source: str, versions: Mapping[str, object], meta: Mapping[str, object]) -> bytes:
    """Return upstream.json: versions in order, and the other blocks of those that have any."""
    others = {version: blocks for version, blocks in sorted(meta.items()) if blocks}
    stored = {"source": source, "versions": dict(sorted(versions.items()))}
    return to_bytes({**stored, **({"meta": others} if others else {})})


def _step(
    target: _Target,
    item: UpstreamItem,
    old: tuple[object, object],
    foreign: str | None,
    previous: Load | None,
) -> _Step:
    """Decide about an item; `old` is upstream's block and the rest of `_meta` of the last run."""
    path, data = target.root / item.path, to_bytes(item.server)
    exists, same = path.is_file(), _has(path, data)
    decision = target.intake.decide(item, previous)
    if decision.do == "reject":
        return _Step(item, _left_out(item, MirrorOutcome.EXCLUDED, decision.because, old[0]))
    if decision.do == "review" and not same:
        return _Step(item, _left_out(item, MirrorOutcome.HELD, decision.because, old[0]))
    if foreign:
        return _Step(item, _entry(item, MirrorOutcome.REFUSED, foreign))
    if same and old == (item.official, item.others):
        return _Step(item, _entry(item, MirrorOutcome.UNCHANGED))
    findings = [] if same else upstream_items.findings(item)
    other = target.spellings.other(item.path)
    if reason := _refusal(item, findings, other if target.spellings.fold else None):
        return _Step(item, _entry(item, MirrorOutcome.REFUSED, reason))
    if exists and old[0] is not None:
        outcome = MirrorOutcome.METADATA if same else MirrorOutcome.CONTENT
        return _Step(item, _entry(item, outcome), findings, data)
    reason = f"differs only in case from {other}" if other else ""
    return _Step(item, _entry(item, MirrorOutcome.ADDED, reason), findings, data)


def _left_out(
    item: UpstreamItem, outcome: MirrorOutcome, reason: str, old_block: object
) -> MirrorEntry:
    """Take in upstream's block of a version that stands here although it would not come in now.

    Its status follows upstream. Its document stays as it is.
    """
    if old_block is None or old_block == item.official or metadata_problem(item):
        return _entry(item, outcome, reason)
    return _entry(
        item,
        MirrorOutcome.METADATA,
        f"its status follows upstream, nothing else comes in: {reason}",
    )


def _refusal(item: UpstreamItem, findings: Iterable[Finding], same_file: str | None) -> str | None:
    """Return why an item cannot be stored; `same_file` is another path that is the same file."""
    for finding in findings:
        if finding.severity is Severity.ERROR:
            return finding.message
    if same_file:
        return f"differs only in case from {same_file}, and this file system cannot hold both"
    return metadata_problem(item)


def _entry(item: UpstreamItem, outcome: MirrorOutcome, reason: str = "") -> MirrorEntry:
    return MirrorEntry(item.name, item.version, outcome, reason)


def _is_from_another(target: _Target, upstream: sidecars.Upstream | None) -> bool:
    return upstream is not None and upstream.source != target.source


def _foreign(target: _Target, name: str, upstream: sidecars.Upstream | None) -> str | None:
    """Return why a server here is not this source's to change, None if it is."""
    if upstream is None:
        published = any((target.root / server_path(name, "")).glob("*.json"))
        return "a server of this name is published here" if published else None
    if upstream.source != target.source and upstream.source not in target.intake.behind:
        return f"mirrored from {upstream.source} already"
    return None


def _has(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data
