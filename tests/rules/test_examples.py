"""Every rule is shown by its own examples: the failing one breaks it, the passing one nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from builder import rules
from builder.check import scope
from builder.check.engine import check_document, check_scope, check_tree
from builder.git import records
from builder.model.finding import Finding, Severity
from builder.model.layout import Kind, place
from builder.rules.engine.private import ANYTHING
from builder.rules.engine.rule import Example, ExampleFile, Rule
from tests.changes import check_change
from tests.registry import Registry

BY_CODE = {rule.code: rule for rule in rules.RULES}


def test_codes_are_unique_and_every_rule_is_in_one_table() -> None:
    assert len(BY_CODE) == len(rules.RULES)


@pytest.mark.parametrize("code", BY_CODE)
def test_failing_example(code: str, tmp_path: Path) -> None:
    rule = BY_CODE[code]
    found = [finding for finding in check(rule.failing, tmp_path) if finding.rule == code]
    assert found
    assert {finding.severity for finding in found} == {rule.severity}
    assert all(finding.path and finding.message and finding.help is not None for finding in found)


@pytest.mark.parametrize("code", BY_CODE)
def test_passing_example(code: str, tmp_path: Path) -> None:
    found = check(BY_CODE[code].passing, tmp_path)
    assert [f for f in found if f.severity is Severity.ERROR or f.rule == code] == []


@pytest.mark.parametrize("code", BY_CODE)
def test_documentation(code: str) -> None:
    rule: Rule[Any] = BY_CODE[code]
    assert rule.summary.endswith(".") and rule.explanation.endswith((".", ")"))
    assert rule.failing.shown and rule.passing.shown
    assert rule.failing.shown != rule.passing.shown


def test_a_build_finds_every_error_of_an_entry() -> None:
    """It asks the milder rules only where there is one, since they have a say in which are told."""
    examples = [rule.failing for rule in rules.ENTRY_RULES if rule.failing.base is None]
    entries = [file for example in examples for file in example.files if is_entry(file)]
    found = [(errors_of_a_build(file), errors_of_a_check(file)) for file in entries]
    assert [build for build, _ in found] == [check for _, check in found]
    assert sum(bool(build) for build, _ in found) > 50 > sum(not build for build, _ in found) > 5


def is_entry(file: ExampleFile) -> bool:
    return place(file.path).kind is Kind.ENTRY and file.mode in records.FILES


def errors_of_a_build(file: ExampleFile) -> list[Finding]:
    files = [records.TreeEntry(file.mode, file.path, file.path)]
    codes = {rule.code for rule in rules.ENTRY_RULES}
    found = check_tree(files, {file.path: file.data}.__getitem__)
    return [finding for finding in found if finding.rule in codes]


def errors_of_a_check(file: ExampleFile) -> list[Finding]:
    findings = check_document(file.data, file.path, private=ANYTHING)
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def check(example: Example, folder: Path) -> list[Finding]:
    if example.base is None:
        files = [records.TreeEntry(file.mode, file.path, file.path) for file in example.files]
        data = {file.path: file.data for file in example.files}
        return check_scope(scope.of_tree(files, data.__getitem__))
    registry = Registry(folder / "registry", config="")
    base = commit(registry, example.base)
    if not example.related:
        registry.git("checkout", "--quiet", "--orphan", "other")
    head = commit(registry, example.files)
    if example.meanwhile is not None:
        registry.git("checkout", "--quiet", "-B", "main", base)
        base = commit(registry, example.meanwhile)
    return check_change(registry.repository, base, head)


def commit(registry: Registry, files: Iterable[ExampleFile]) -> str:
    """Make exactly these files the tree of a new commit, with any mode and any name."""
    index = ""
    for file in files:
        blob = registry.git("hash-object", "-w", "--stdin", input=file.data)
        index += f"{file.mode} {blob}\t{file.path}\n"
    registry.git("read-tree", "--empty")
    registry.git("update-index", "--index-info", input=index.encode())
    registry.git("commit", "--quiet", "--allow-empty", "--message", "Change")
    return registry.git("rev-parse", "HEAD")
