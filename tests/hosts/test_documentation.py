"""The promises of each tier, as the documentation tells them, are those that are tested."""

from __future__ import annotations

import os
import re
from pathlib import Path

import yaml

from builder.docs.hosts import table
from builder.hosts.table import Tier

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "site/docs/operate/hosts.md"
PROMISES = ROOT / "tests/conformance/promises.yaml"


def _tiers() -> str:
    promises = yaml.safe_load(PROMISES.read_text())
    tiers = [tier.value for tier in Tier]
    rows = (
        [promise["promise"], *(promise["tiers"][tier] for tier in tiers)] for promise in promises
    )
    return table(["", *tiers], rows)


def test_tiers() -> None:
    text = PAGE.read_text()
    marked = re.compile(r"(<!-- tiers: [^>]*-->\n).*?(<!-- /tiers -->)", re.DOTALL)
    fresh = marked.sub(lambda match: f"{match[1]}\n{_tiers()}\n\n{match[2]}", text)
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(fresh)
    assert fresh == PAGE.read_text(), "run: make golden"
