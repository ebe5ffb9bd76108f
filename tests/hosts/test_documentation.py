"""The tables of the documentation say what the code does: print them anew with UPDATE=1."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

from builder.hosts import limits
from builder.hosts.table import HOSTS, Tier

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "site/docs/operate/hosts.md"
PROMISES = ROOT / "tests/conformance/promises.yaml"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _tiers() -> str:
    promises = yaml.safe_load(PROMISES.read_text())
    tiers = [tier.value for tier in Tier]
    rows = ([one["promise"], *(one["tiers"][tier] for tier in tiers)] for one in promises)
    return _table(["", *tiers], rows)


def _hosts() -> str:
    rows = (
        [f"`{name}`", host.title, host.tier.value, ", ".join(f"`{path}`" for path, _ in host.files)]
        for name, host in HOSTS.items()
    )
    return _table(["name", "host", "tier", "files"], rows)


def _limits() -> str:
    rows = (
        [
            HOSTS[name].title,
            plan.name,
            *(
                "" if value is None else f"{value:,}"
                for value in (plan.files, plan.file_bytes, plan.total_bytes)
            ),
        ]
        for name, limit in limits.LIMITS.items()
        for plan in limit.plans
    )
    return _table(["host", "plan", "files", "bytes of one file", "bytes in all"], rows)


@pytest.mark.parametrize(
    ("name", "table"), [("tiers", _tiers()), ("hosts", _hosts()), ("limits", _limits())]
)
def test_table(name: str, table: str) -> None:
    text = PAGE.read_text()
    marked = re.compile(rf"(<!-- {name}: [^>]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
    fresh = marked.sub(lambda match: f"{match[1]}\n{table}\n\n{match[2]}", text)
    if "UPDATE" in os.environ:
        PAGE.write_text(fresh)
    assert table in PAGE.read_text()
    assert fresh == PAGE.read_text()
