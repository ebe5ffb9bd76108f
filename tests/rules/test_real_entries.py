"""All real entries are checked, as if they were published here; the counts can be reviewed.

A change of a rule shows in summary-<date>.json. To write them anew:
    python -m tests.rules.test_real_entries
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from builder.check import engine
from builder.model.finding import Severity
from builder.model.layout import entry_path
from tests.data import dump

HERE = Path(__file__).parent
DATES = {"2025-11-27": 2101, "2025-12-12": 2628}
Summary = dict[str, dict[str, int | str]]


def summary(date: str) -> Summary:
    """Rule and severity -> how many findings, in how many entries, and one entry to look at."""
    findings: Counter[str] = Counter()
    entries: dict[str, set[str]] = defaultdict(set)
    for item in dump(date):
        server = item["server"]
        path = entry_path(server["name"], server["version"])
        data = json.dumps(server, indent=2, ensure_ascii=False).encode()
        for finding in engine.check_document(data, path):
            kind = f"{finding.severity}[{finding.rule}]"
            findings[kind] += 1
            entries[kind].add(path)
    return {
        kind: {
            "findings": findings[kind],
            "entries": len(entries[kind]),
            "such as": min(entries[kind]),
        }
        for kind in sorted(findings)
    }


@pytest.mark.parametrize("date", DATES)
def test_counts_are_as_reviewed(date: str) -> None:
    assert len(dump(date)) == DATES[date]
    assert summary(date) == json.loads((HERE / f"summary-{date}.json").read_bytes())


@pytest.mark.parametrize("date", DATES)
def test_a_mirror_of_them_has_no_error(date: str) -> None:
    """What upstream has let through never stops a build."""
    for item in dump(date):
        server = item["server"]
        path = entry_path(server["name"], server["version"])
        data = json.dumps(server, ensure_ascii=False).encode()
        findings = engine.check_document(data, path, mirrored=True)
        assert {finding.severity for finding in findings} <= {Severity.WARNING}


if __name__ == "__main__":
    for date in DATES:
        text = json.dumps(summary(date), indent=2) + "\n"
        (HERE / f"summary-{date}.json").write_text(text, encoding="utf-8")
