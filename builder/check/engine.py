"""The engine of the gate: entries, files and changes in, findings out.

It asks the rules, keeps of what they say about one place what is most to the point, finds line
and column, and is milder where a mirror keeps what upstream has. Which files there are to ask
about is found out in scope.py; who may publish is the business of builder/ownership.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any, TypeVar

from builder import rules
from builder.check import scope
from builder.check.scope import Read, Scope
from builder.git import records
from builder.git.repository import Repository
from builder.model import json_positions, strict_yaml
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS, place
from builder.rules.engine.json_schema import MOST
from builder.rules.engine.rule import Problem, Rule, Steps
from builder.rules.engine.subject import Entry, Tree
from builder.runtime import gc_pause

Subject = TypeVar("Subject")
Found = tuple[Rule[Any], Problem]

TOO_MANY = "too-many-findings"
MOST_OF_A_CHANGE = 20_000
"""Findings after which no more entries of a change are looked at: one blob can stand at 100,000 paths."""


def check_document(data: bytes, path: str, *, mirrored: bool = False) -> list[Finding]:
    """Check one entry by itself: `data` are its bytes, `path` is where it stands or will stand."""
    return _sorted(_entry(Entry(path, place(path), data, mirrored)))


def check_tree(files: Iterable[records.TreeEntry], read: scope.ReadBlob) -> list[Finding]:
    """Check the files of whole namespaces as a build must: what is wrong with their entries.

    `files` lists them, `read` gives a blob's bytes. Left out are warnings about single entries,
    and what needs every namespace (REGISTRY_RULES). Findings come in the order of reports.
    """
    found = scope.of_tree(files, read)
    errors = (
        finding
        for entry in found.entries
        for finding in _entry(
            entry, _STRUCTURAL if entry.mirrored else rules.ENTRY_RULES, Severity.ERROR
        )
    )
    return _sorted([*errors, *_tree(found.tree, rules.NAMESPACE_RULES, found.read)])


def check_change(repository: Repository, base: str, head: str) -> list[Finding]:
    """Check what merging `head` into `base` would bring. Reads git objects only.

    Raises RepositoryError if a revision is none.
    """
    return check_scope(scope.of_change(repository, base, head))


def check_scope(found: Scope) -> list[Finding]:
    """Check whatever a scope holds by every rule; findings in the order of reports."""
    with gc_pause.paused():
        return _sorted(_all(found))


def check_part(found: Scope) -> list[Finding]:
    """Check whole namespaces by every rule but those that need all of them (REGISTRY_RULES)."""
    return [*_entries(found), *_tree(found.tree, rules.NAMESPACE_RULES, found.read)]


def check_across(found: Scope) -> list[Finding]:
    """Check files by the rules that need those of every namespace (REGISTRY_RULES)."""
    return list(_tree(found.tree, rules.REGISTRY_RULES, found.read))


def _entries(found: Scope) -> Iterator[Finding]:
    return (finding for entry in found.entries for finding in _entry(entry))


def _all(found: Scope) -> Iterator[Finding]:
    proposed = _ask(rules.CHANGE_RULES, found.proposal) if found.proposal else ()
    landed = (
        _finding(rule, problem, problem.file, place=_place(problem)) for rule, problem in proposed
    )
    entries = _entries(found) if found.proposal is None else _as_many_as_help(found.entries)
    across = chain(rules.NAMESPACE_RULES, rules.REGISTRY_RULES)
    yield from chain(entries, _tree(found.tree, across, found.read), landed)


def _as_many_as_help(entries: Sequence[Entry]) -> Iterator[Finding]:
    told = 0
    for number, entry in enumerate(entries):
        if told > MOST_OF_A_CHANGE:
            yield Finding(
                rule=TOO_MANY,
                severity=Severity.ERROR,
                path=SERVERS,
                message=f"{told:,} findings, at most {MOST_OF_A_CHANGE:,} are told: "
                f"{len(entries) - number:,} entries were not looked at",
                help="mend these and check again, or propose fewer entries at once",
            )
            return
        # A copy: what an entry remembers of its parsing would add up to gigabytes.
        findings = _entry(replace(entry))
        yield from findings
        told += len(findings)


_STRUCTURAL = tuple(rule for rule in rules.ENTRY_RULES if rule.structural)
# What is worth saying of a mirrored entry: nobody here can bring it up to date.
_ODD = tuple(rule for rule in rules.ENTRY_RULES if rule.severity is not Severity.WARNING)


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.sort_key)


def _ask(asked: Iterable[Rule[Subject]], subject: Subject, most: int | None = None) -> list[Found]:
    return [(rule, problem) for rule in asked for problem in islice(rule.check(subject), most)]


def _entry(
    entry: Entry, asked: Iterable[Rule[Entry]] = (), least: Severity = Severity.WARNING
) -> list[Finding]:
    if entry.error:
        asked = rules.TEXT_RULES
    asked = asked or (_ODD if entry.mirrored else rules.ENTRY_RULES)
    found = [
        (rule, problem)
        for rule, problem in _most_to_the_point(
            _ask(asked, entry, MOST + 1), mirrored=entry.mirrored
        )
        if _severity(rule, problem, mirrored=entry.mirrored).rank >= least.rank
    ]
    if not found:
        return []
    if len(found) > MOST:
        found.sort(key=lambda one: -_severity(one[0], one[1], mirrored=entry.mirrored).rank)
    find = (strict_yaml if entry.error else json_positions).locator(entry.data)
    told = [
        _finding(
            rule,
            problem,
            entry.path,
            place=_place(problem, entry.data, find),
            mirrored=entry.mirrored,
        )
        for rule, problem in found[:MOST]
    ]
    return [*told, _more(entry.path)] if len(found) > MOST else told


def _more(path: str) -> Finding:
    return Finding(
        rule=TOO_MANY,
        severity=Severity.WARNING,  # what is not told is no worse than what is
        path=path,
        message=f"more than {MOST} problems: the worst {MOST} are told",
        help="mend these and check again",
    )


def _most_to_the_point(found: list[Found], *, mirrored: bool) -> Iterator[Found]:
    # What is mild of a mirrored entry must not hide what a build refuses: they are apart.
    places = [(problem.steps, mirrored and rule.structural) for rule, problem in found]
    least: dict[tuple[Steps, bool], int] = {}
    for where, (rule, _) in zip(places, found, strict=True):
        least[where] = min(rule.generality, least.get(where, rule.generality))
    for where, (rule, problem) in zip(places, found, strict=True):
        if rule.generality == least[where]:
            yield rule, problem


def _tree(tree: Tree, asked: Iterable[Rule[Tree]], read: Read) -> Iterator[Finding]:
    for rule, problem in _ask(asked, tree):
        if tree.touched is not None and problem.file not in tree.touched:
            continue
        find = (
            strict_yaml.locator(read(problem.file)) if problem.steps and not problem.line else None
        )
        where = place(problem.file)
        yield _finding(
            rule,
            problem,
            problem.file,
            place=_place(problem, b"", find),
            mirrored=(where.name, where.version) in tree.mirrored,
        )


Line = tuple[int | None, int | None]


def _place(
    problem: Problem,
    data: bytes = b"",
    find: Callable[[Steps], tuple[int, int] | None] | None = None,
) -> Line:
    if problem.line is not None:
        return problem.line, problem.column
    if problem.offset is not None:
        before = data.decode("utf-8", "replace")[: problem.offset]
        return before.count("\n") + 1, len(before) - before.rfind("\n")
    found = find(problem.steps) if find else None
    return found or (None, None)


def _finding(
    rule: Rule[Any], problem: Problem, path: str, *, place: Line, mirrored: bool = False
) -> Finding:
    line, column = place
    return Finding(
        rule=rule.code,
        severity=_severity(rule, problem, mirrored=mirrored),
        path=path,
        message=problem.message,
        help=problem.help,
        pointer=pointer(problem.steps),
        line=line,
        column=column,
    )


def _severity(rule: Rule[Any], problem: Problem, *, mirrored: bool) -> Severity:
    if mirrored and not rule.structural:
        return Severity.WARNING
    return problem.severity or rule.severity


def pointer(steps: Steps) -> str:
    """Write the steps to a value as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
