"""Names and versions become paths: what cannot be one is refused, and case hides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.mirror.report import MirrorOutcome as Outcome
from tests.mirror.upstream import apply, item


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("../../etc/passwd", "1"),
        ("com.example/..", "1"),
        ("com.example", "1"),
        ("a/b/c", "1"),
        ("com.example/x", "9" * 300),
        ("com.example/\u202ex", "1"),
        ("", "1"),
        ("com.example/x", ""),
        ("com.example/.git", "1"),
        (".GIT/x", "1"),
        ("com.example/\ud800", "1"),
        ("com.example/x", "\ud800"),
    ],
)
def test_what_cannot_be_a_path_is_refused_and_said(tmp_path: Path, name: str, version: str) -> None:
    report = apply(tmp_path, [item(name, version), item("com.example/fine")])
    assert {entry.name: entry.outcome for entry in report.entries} == {
        name: Outcome.REFUSED,
        "com.example/fine": Outcome.ADDED,
    }
    assert [path.name for path in (tmp_path / "servers").iterdir()] == ["com.example"]


def test_names_that_differ_only_in_case_are_both_kept_or_refused_aloud(tmp_path: Path) -> None:
    report = apply(tmp_path, [item("com.example/Weather"), item("com.example/weather")])
    stored = {path.name for path in (tmp_path / "servers/com.example").iterdir()}
    refused = {entry.name for entry in report.entries if entry.outcome is Outcome.REFUSED}
    assert stored | {name.rpartition("/")[2] for name in refused} == {"Weather", "weather"}


def test_on_a_file_system_that_folds_case_nothing_takes_the_place_of_another(
    tmp_path: Path,
) -> None:
    for spelling in ("servers", "SERVERS"):  # both are there: so it looks from inside
        (tmp_path / spelling).mkdir()
    items = [
        item("com.example/weather", "1.0.0-RC1"),
        item("com.example/weather", "1.0.0-rc1"),
        item("Com.Example/other"),
    ]
    apply(tmp_path, items[:1])
    report = apply(tmp_path, items)
    refused = {
        (entry.name, entry.version): entry.reason
        for entry in report.entries
        if entry.outcome is Outcome.REFUSED
    }
    assert set(refused) == {("com.example/weather", "1.0.0-rc1"), ("Com.Example/other", "1.0.0")}
    assert (
        "servers/com.example/weather/1.0.0-RC1.json" in refused["com.example/weather", "1.0.0-rc1"]
    )
    assert "servers/com.example," in refused["Com.Example/other", "1.0.0"]
    assert [path.name for path in (tmp_path / "servers").iterdir()] == ["com.example"]


def test_elsewhere_what_differs_only_in_case_is_kept_and_said(tmp_path: Path) -> None:
    report = apply(tmp_path, [item(version="1.0.0-RC1"), item(version="1.0.0-rc1")])
    first, second = report.entries
    assert (first.outcome, first.reason) == (Outcome.ADDED, "")
    assert second.outcome is Outcome.ADDED
    assert second.reason.startswith("differs only in case from ")
