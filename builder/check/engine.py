"""The engine of the gate: entries, files and changes in, findings out.

It asks the rules, keeps of several problems at one place those that are most to the point, finds
line and column, and is milder where a mirror keeps what upstream has. Which files there are to ask
about is decided in scope.py and proposal.py; who may publish is decided in builder/ownership.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any, NamedTuple, TypeVar

from builder import rules
from builder.check import scope
from builder.check.scope import Read, Scope
from builder.git import records
from builder.model import json_positions, strict_yaml
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS, place
from builder.rules.engine.json_schema import MOST
from builder.rules.engine.private import ANYTHING, NONE, Private
from builder.rules.engine.rule import Problem, Rule, Steps
from builder.rules.engine.subject import Entry, Tree
from builder.runtime import gc_pause

Subject = TypeVar("Subject")

TOO_MANY = "too-many-findings"


class Broken(NamedTuple):
    """A rule that does not hold, and where; `severity` is the rule's, or what a mirror makes of it."""

    rule: Rule[Any]
    problem: Problem
    severity: Severity


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
    whole = scope.of_tree(files, read)
    entries = scope.allowing(whole, ANYTHING).entries
    errors = (finding for entry in entries for finding in _build_errors(entry))
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
    changed = _run(rules.CHANGE_RULES, checked.proposal)
    landed = (_finding(broken, broken.problem.file, _line(broken.problem)) for broken in changed)
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


_STRUCTURAL = tuple(rule for rule in rules.ENTRY_RULES if rule.structural)
# Mirrored entries get no warnings: nobody here can edit them.
_WITHOUT_WARNINGS = tuple(
    rule for rule in rules.ENTRY_RULES if rule.severity is not Severity.WARNING
)


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.sort_key)


def _entry(entry: Entry) -> list[Finding]:
    """Check an entry by the rules that concern it: the worst findings, each with its line."""
    if entry.error:
        asked = rules.TEXT_RULES
    else:
        asked = _WITHOUT_WARNINGS if entry.mirrored else rules.ENTRY_RULES
    return _located(entry, _broken(entry, asked))


def _build_errors(entry: Entry) -> list[Finding]:
    """Check an entry by the rules that a build needs: only errors."""
    asked = _STRUCTURAL if entry.mirrored else rules.ENTRY_RULES
    broken = _broken(entry, rules.TEXT_RULES if entry.error else asked)
    return _located(entry, [one for one in broken if one.severity is Severity.ERROR])


def _broken(entry: Entry, asked: Iterable[Rule[Entry]]) -> list[Broken]:
    broken = _run(asked, entry, MOST + 1, mirrored=entry.mirrored)
    return list(_most_to_the_point(broken, mirrored=entry.mirrored))


def _run(
    asked: Iterable[Rule[Subject]],
    subject: Subject,
    most: int | None = None,
    *,
    mirrored: bool = False,
) -> list[Broken]:
    """Ask rules about a subject; `most` problems of each at most."""
    return [
        Broken(rule, problem, _severity(rule, problem, mirrored=mirrored))
        for rule in asked
        for problem in islice(rule.check(subject), most)
    ]


def _most_to_the_point(broken: list[Broken], *, mirrored: bool) -> Iterator[Broken]:
    """Keep of the problems at one place those of the least general rules, and of one fault one."""
    alone = [one for one in broken if one.problem.alone]
    if alone and not mirrored:
        yield alone[0]
        return
    covered = {steps for one in broken for steps in one.problem.covers}
    # What is mild of a mirrored entry must not hide what a build refuses: they are apart.
    places = [(problem.steps, mirrored and rule.structural) for rule, problem, _ in broken]
    at: dict[tuple[Steps, bool], list[tuple[int, int]]] = {}
    for where, (rule, _, severity) in zip(places, broken, strict=True):
        at.setdefault(where, []).append((rule.generality, severity.rank))
    for where, one in zip(places, broken, strict=True):
        follows = covered and not one.problem.covers and _is_below(one.problem.steps, covered)
        # A mild finding, however much to the point, hides no worse one.
        hidden = any(
            general < one.rule.generality and rank >= one.severity.rank
            for general, rank in at[where]
        )
        if not hidden and (where[1] or not follows):
            yield one


def _is_below(steps: Steps, places: Collection[Steps]) -> bool:
    return any(steps[:length] in places for length in range(1, len(steps) + 1))


def _located(entry: Entry, broken: list[Broken]) -> list[Finding]:
    """Make findings of the worst problems of an entry, each with line and column."""
    if not broken:
        return []
    worst = broken
    if len(broken) > MOST:
        worst = sorted(broken, key=lambda one: -one.severity.rank)[:MOST]
    locate = (strict_yaml if entry.error else json_positions).locator(entry.data)
    findings = [
        _finding(one, entry.path, _line(one.problem, entry.data, locate), mirrored=entry.mirrored)
        for one in worst
    ]
    return [*findings, _more(entry.path)] if len(broken) > MOST else findings


def _more(path: str) -> Finding:
    return Finding(
        rule=TOO_MANY,
        severity=Severity.WARNING,  # what is left out is no worse than what is told
        path=path,
        message=f"more than {MOST} problems: the worst {MOST} are told",
        help="mend these and check again",
    )


def _tree(tree: Tree, asked: Iterable[Rule[Tree]], read: Read) -> Iterator[Finding]:
    for rule, problem, severity in _run(asked, tree):
        if tree.touched is not None and problem.file not in tree.touched:
            continue
        locate = (
            strict_yaml.locator(read(problem.file)) if problem.steps and not problem.line else None
        )
        where = place(problem.file)
        mirrored = (where.name, where.version) in tree.mirrored
        if mirrored:
            severity = _severity(rule, problem, mirrored=True)
        line = _line(problem, b"", locate)
        yield _finding(Broken(rule, problem, severity), problem.file, line, mirrored=mirrored)


Line = tuple[int | None, int | None]
"""Line and column, from 1; None where there are none."""


def _line(
    problem: Problem,
    data: bytes = b"",
    locate: Callable[[Steps], tuple[int, int] | None] | None = None,
) -> Line:
    if problem.line is not None:
        return problem.line, problem.column
    if problem.offset is not None:
        before = data.decode("utf-8", "replace")[: problem.offset]
        return before.count("\n") + 1, len(before) - before.rfind("\n")
    return (locate(problem.steps) if locate else None) or (None, None)


def _finding(broken: Broken, path: str, line: Line, *, mirrored: bool = False) -> Finding:
    rule, problem, severity = broken
    return Finding(
        rule=rule.code,
        severity=severity,
        path=path,
        message=problem.message,
        help=problem.help,
        pointer=pointer(problem.steps),
        line=line[0],
        column=line[1],
        mirrored=mirrored,
    )


def _severity(rule: Rule[Any], problem: Problem, *, mirrored: bool) -> Severity:
    if mirrored and not (rule.structural or problem.structural):
        return Severity.WARNING
    return problem.severity or rule.severity


def pointer(steps: Steps) -> str:
    """Write the steps to a value as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
