"""Commits with dates that nobody's clock shows: they are read, told of, and end no build."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from builder import cli
from builder.gate import gate
from builder.gate.question import Question
from builder.model import timestamp
from builder.model.finding import Severity
from builder.model.verdict import Verdict
from tests.registry import Registry, entry_file

FUTURE = 4_102_444_800  # 2100-01-01
CRAFTED = [
    "-1 +0000",
    "-99999999999999999999 +0000",
    "253402300800 +0000",
    "999999999999999 +0000",
    "18446744073709551615 +0000",
    "99999999999999999999999999 +0000",
    "x +0000",
    "+0000",
    "",
    "1700000000 +9999999",
]


def crafted(registry: Registry, stamp: str) -> str:
    """Give HEAD a committer line of any text, as `git hash-object` allows; the new commit."""
    lines = registry.git("cat-file", "commit", "HEAD").split("\n")
    body = "\n".join(
        f"committer Test <test@example.com> {stamp}".rstrip()
        if line.startswith("committer ")
        else line
        for line in lines
    )
    sha = registry.git(
        "hash-object", "-t", "commit", "-w", "--literally", "--stdin", input=f"{body}\n".encode()
    )
    registry.git("update-ref", "refs/heads/main", sha)
    return sha


@pytest.mark.parametrize("stamp", CRAFTED)
def test_a_crafted_date_is_told_and_hurts_nothing(stamp: str, registry: Registry) -> None:
    registry.commit(entry_file(version="1.0.0"))
    registry.commit(entry_file(version="2.0.0"))
    crafted(registry, stamp)
    registry.commit(entry_file(version="3.0.0"))
    assert cli.run(["build", "--root", str(registry.root), "--jobs", "1", "--quiet"]) == 0
    loaded = registry.load()
    times = [
        version.updated for version in sorted(loaded.catalogue.versions(), key=lambda v: v.version)
    ]
    assert times == sorted(times)
    assert times[-1] < timestamp.from_git(FUTURE)
    if not stamp.startswith("17"):
        (finding,) = [finding for finding in loaded.findings if finding.rule == "commit-date"]
        assert finding.severity is Severity.WARNING
        assert "has no date that can be read" in finding.message


@pytest.mark.parametrize("follow", [0, 1, 3])
def test_a_jump_ahead_is_a_warning_of_every_build(
    follow: int, registry: Registry, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    registry.commit(entry_file(version="1.0.0"))
    crafted(registry, f"{FUTURE} +0000")
    for number in range(follow):
        registry.commit(entry_file(version=f"2.{number}.0"))
    build = ["build", "--root", str(registry.root), "--jobs", "1", "--quiet"]
    for options in ([], [], ["--clean"], ["--out", str(tmp_path / "other")]):
        assert cli.run([*build, *options]) == 0
        printed = capsys.readouterr().err
        assert printed.count("warning[commit-date]") == 1
        assert "is dated 2100-01-01T00:00:00Z" in printed


def test_ordinary_dates_are_not_told(registry: Registry) -> None:
    for number, after in enumerate((60, 0, -3600, 86_400 * 400, 1)):
        registry.commit(entry_file(version=f"1.{number}.0"), after=after)
    assert [finding for finding in registry.load().findings if finding.rule == "commit-date"] == []


@pytest.mark.parametrize("stamp", [f"{FUTURE} +0000", "-1 +0000"])
def test_a_change_that_brings_such_a_commit_is_refused(stamp: str, registry: Registry) -> None:
    base = registry.commit(entry_file(version="1.0.0"))
    registry.commit(entry_file(version="2.0.0"))
    crafted(registry, stamp)
    registry.git("checkout", "-q", "--force", "HEAD")
    report = gate.answer(registry.repository, Question(base=base, head="HEAD"))
    (finding,) = [finding for finding in report.findings if finding.rule == "commit-date"]
    assert finding.severity is Severity.ERROR
    assert report.verdict is Verdict.REJECT


def test_a_change_of_today_and_of_years_ago_is_not(registry: Registry) -> None:
    base = registry.commit(entry_file(version="1.0.0"))
    crafted(registry, f"{int(time.time())} +0000")
    crafted(registry, "1000000000 +0000")
    report = gate.answer(registry.repository, Question(base=base, head="HEAD"))
    assert [finding for finding in report.findings if finding.rule == "commit-date"] == []
