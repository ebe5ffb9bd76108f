"""The engine of the gate: entries, files and changes in, findings out.

It asks the rules, and is milder where a mirror keeps what upstream has. What is told of the
problems of one place, and where they stand, is decided in broken_rules.py; which files there are to
ask about in scope.py and proposal.py; who may publish in builder/ownership.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from builder import rules
from builder.check import scope
from builder.check.askable import Askable
from builder.check.broken_rules import (
    TOO_MANY,
    BrokenRule,
    ask,
    finding_of,
    line_and_column,
    located,
    most_to_the_point,
    severity_of,
)
from builder.check.scope import Read, Scope
from builder.git import records
from builder.model import strict_yaml
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS, place
from builder.rules.engine.json_schema import MOST
from builder.rules.engine.private import ANYTHING, NONE, Private
from builder.rules.engine.rule import Rule
from builder.rules.engine.subject import Entry, Tree
from builder.runtime import gc_pause


def check_document(
    data: bytes, path: str, *, mirrored: bool = False, private: Private = NONE
) -> list[Finding]:
    """Check one entry by itself: `data` are its bytes, `path` is where it stands or will stand."""
    return _sorted(_entry(Entry(path, place(path), data, mirrored, private=private)))


def check_tree(files: Iterable[records.TreeEntry], read: scope.ReadBlob) -> list[Finding]:
    """Check the files of whole namespaces as a build must: what is wrong with their entries.

    `files` lists them, `read` returns a blob's bytes. Left out are warnings about single entries,
    and what needs every namespace (REGISTRY_RULES). Findings come in the order of reports.
    """
    whole = scope.of_tree(files, read, private=ANYTHING)
    errors = (finding for entry in whole.entries for finding in _build_errors(entry))
    return _sorted([*errors, *_tree(whole.tree, rules.NAMESPACE_RULES, whole.read)])


def check_scope(checked: Scope) -> list[Finding]:
    """Check whatever a scope holds by every rule; findings in the order of reports."""
    with gc_pause.paused():
        return _sorted(_all(checked))


def check_part(checked: Scope) -> list[Finding]:
    """Check whole namespaces by every rule but those that need all of them (REGISTRY_RULES)."""
    return [*_entries(checked), *_tree(checked.tree, rules.NAMESPACE_RULES, checked.read)]


def check_across(checked: Scope) -> list[Finding]:
    """Check files by the rules that need those of every namespace (REGISTRY_RULES)."""
    return list(_tree(checked.tree, rules.REGISTRY_RULES, checked.read))


def _entries(checked: Scope) -> Iterator[Finding]:
    return (finding for entry in checked.entries for finding in _entry(entry))


def _all(checked: Scope) -> Iterator[Finding]:
    across = chain(rules.NAMESPACE_RULES, rules.REGISTRY_RULES)
    files = _tree(checked.tree, across, checked.read)
    if checked.proposal is None:
        yield from chain(_entries(checked), files)
        return
    most = checked.proposal.change.bounds.findings
    changed = ask(rules.CHANGE_RULES, checked.proposal)
    landed = (
        finding_of(broken, broken.problem.file, line_and_column(broken.problem))
        for broken in changed
    )
    yield from chain(_entries_of_a_change(checked.entries, most), files, landed)


def _entries_of_a_change(entries: Sequence[Entry], most: int) -> Iterator[Finding]:
    """Check entries until there are more findings than anybody reads: one blob can stand at many paths."""
    count = 0
    for number, entry in enumerate(entries):
        if count > most:
            yield Finding(
                rule=TOO_MANY,
                severity=Severity.ERROR,
                path=SERVERS,
                message=f"{count:,} findings, at most {most:,} are told: "
                f"{len(entries) - number:,} entries were not looked at",
                help="mend these and check again, or propose fewer entries at once",
            )
            return
        # A copy: what an entry remembers of its parsing would add up to gigabytes.
        findings = _entry(replace(entry))
        yield from findings
        count += len(findings)


_ALL = Askable(rules.ENTRY_RULES)
# Not chosen by what an entry holds: to find that out takes longer than to ask these few.
_STRUCTURAL = tuple(rule for rule in rules.ENTRY_RULES if rule.structural)
# A problem may weigh less than its rule, never more: only these find errors. The other rules take half
# of the time of all.
_ERRORS = Askable(rule for rule in rules.ENTRY_RULES if rule.severity is Severity.ERROR)
# Mirrored entries get no warnings: nobody here can edit them.
_WITHOUT_WARNINGS = Askable(
    rule for rule in rules.ENTRY_RULES if rule.severity is not Severity.WARNING
)


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.sort_key)


def _entry(entry: Entry) -> list[Finding]:
    """Check an entry by the rules that concern it: the worst findings, each with its line."""
    if entry.error:
        return located(entry, _broken(entry, rules.TEXT_RULES))
    asked = _WITHOUT_WARNINGS if entry.mirrored else _ALL
    return located(entry, _broken(entry, asked.about(entry)))


def _build_errors(entry: Entry) -> list[Finding]:
    """Check an entry by the rules that a build needs: only errors."""
    if entry.error:
        asked = rules.TEXT_RULES
    else:
        asked = _STRUCTURAL if entry.mirrored else _ERRORS.about(entry)
    if not ask(asked, entry, 1):
        return []
    if not (entry.error or entry.mirrored):
        # What the milder rules find has a say in which of the errors are told.
        asked = _ALL.about(entry)
    broken = _broken(entry, asked)
    return located(entry, [rule for rule in broken if rule.severity is Severity.ERROR])


def _broken(entry: Entry, asked: Iterable[Rule[Entry]]) -> list[BrokenRule]:
    broken = ask(asked, entry, MOST + 1, mirrored=entry.mirrored)
    if not broken:
        return []
    return list(most_to_the_point(broken, mirrored=entry.mirrored))


def _tree(tree: Tree, asked: Iterable[Rule[Tree]], read: Read) -> Iterator[Finding]:
    for rule, problem, severity in ask(asked, tree):
        if tree.touched is not None and problem.file not in tree.touched:
            continue
        locate = (
            strict_yaml.locator(read(problem.file)) if problem.steps and not problem.line else None
        )
        where = place(problem.file)
        mirrored = (where.name, where.version) in tree.mirrored
        if mirrored:
            severity = severity_of(rule, problem, mirrored=True)
        line = line_and_column(problem, b"", locate)
        yield finding_of(BrokenRule(rule, problem, severity), problem.file, line, mirrored=mirrored)
