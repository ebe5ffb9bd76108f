"""Broken rules -> findings: which problems of one place are told, with line, column and severity."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from builder.model import json_positions, strict_yaml
from builder.model.finding import Finding, Severity
from builder.rules.engine.json_schema import MOST
from builder.rules.engine.rule import Problem, Rule, Steps
from builder.rules.engine.subject import Entry

Subject = TypeVar("Subject")

TOO_MANY = "too-many-findings"


class BrokenRule(NamedTuple):
    """A rule that does not hold, and where; `severity` is the rule's, or what a mirror makes of it."""

    rule: Rule[Any]
    problem: Problem
    severity: Severity


def ask(
    asked: Iterable[Rule[Subject]],
    subject: Subject,
    most: int | None = None,
    *,
    mirrored: bool = False,
) -> list[BrokenRule]:
    """Ask rules about a subject; `most` problems of each at most."""
    broken: list[BrokenRule] = []
    for rule in asked:
        # Nearly all find nothing: they are counted only where one does.
        for number, problem in enumerate(rule.check(subject)):
            if number == most:
                break
            severity = severity_of(rule, problem, mirrored=mirrored)
            broken.append(BrokenRule(rule, problem, severity))
    return broken


def most_to_the_point(broken: list[BrokenRule], *, mirrored: bool) -> Iterator[BrokenRule]:
    """Keep of the problems at one place those of the least general rules, and of one fault one."""
    alone = [rule for rule in broken if rule.problem.alone]
    if alone and not mirrored:
        yield alone[0]
        return
    covered = {steps for rule in broken for steps in rule.problem.covers}
    # What is mild of a mirrored entry must not hide what a build refuses: they are apart.
    places = [(problem.steps, mirrored and rule.structural) for rule, problem, _ in broken]
    at: dict[tuple[Steps, bool], list[tuple[int, int]]] = {}
    for where, (rule, _, severity) in zip(places, broken, strict=True):
        at.setdefault(where, []).append((rule.generality, severity.rank))
    for where, candidate in zip(places, broken, strict=True):
        rule, problem, severity = candidate
        follows = covered and not problem.covers and _is_below(problem.steps, covered)
        # A mild finding, however much to the point, hides no worse one.
        hidden = any(
            general < rule.generality and rank >= severity.rank for general, rank in at[where]
        )
        if not hidden and (where[1] or not follows):
            yield candidate


def _is_below(steps: Steps, places: Collection[Steps]) -> bool:
    return any(steps[:length] in places for length in range(1, len(steps) + 1))


def located(entry: Entry, broken: list[BrokenRule]) -> list[Finding]:
    """Make findings of the worst problems of an entry, each with line and column."""
    if not broken:
        return []
    worst = broken
    if len(broken) > MOST:
        worst = sorted(broken, key=lambda rule: -rule.severity.rank)[:MOST]
    locate = (strict_yaml if entry.error else json_positions).locator(entry.data)
    findings = [
        finding_of(
            rule,
            entry.path,
            line_and_column(rule.problem, entry.data, locate),
            mirrored=entry.mirrored,
        )
        for rule in worst
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


Line = tuple[int | None, int | None]
"""Line and column, from 1; None where there are none."""


def line_and_column(
    problem: Problem,
    data: bytes = b"",
    locate: Callable[[Steps], tuple[int, int] | None] | None = None,
) -> Line:
    """Return where a problem stands in `data`; `locate` finds the place of the problem's steps."""
    if problem.line is not None:
        return problem.line, problem.column
    if problem.offset is not None:
        before = data.decode("utf-8", "replace")[: problem.offset]
        return before.count("\n") + 1, len(before) - before.rfind("\n")
    return (locate(problem.steps) if locate else None) or (None, None)


def finding_of(broken: BrokenRule, path: str, line: Line, *, mirrored: bool = False) -> Finding:
    """Return the finding that tells of a broken rule."""
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


def severity_of(rule: Rule[Any], problem: Problem, *, mirrored: bool) -> Severity:
    """Return how bad a problem is: in a mirrored entry only what a build refuses is an error."""
    if mirrored and not (rule.structural or problem.structural):
        return Severity.WARNING
    return problem.severity or rule.severity


def pointer(steps: Steps) -> str:
    """Write the steps to a value as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
