"""Lighthouse 13 finds nothing on the page that does most: what depends on no machine's speed is 100, and nothing jumps."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from shutil import which

LIGHTHOUSE = Path(__file__).parents[2] / "node_modules/lighthouse/cli/index.js"
CATEGORIES = ("accessibility", "best-practices", "seo")
JUMPS = "cumulative-layout-shift"
NOT_HERE = "errors-in-console"
"""The site of these tests has no documentation to search, which the browser says; other tests look at the console."""


def test_a_search_by_address_has_full_marks(base: str) -> None:
    command = [
        "node", str(LIGHTHOUSE), f"{base}search/?q=weather", "--output=json", "--quiet",
        f"--only-categories={','.join(CATEGORIES)}", f"--only-audits={JUMPS}", "--throttling-method=provided",
        "--chrome-flags=--headless=new --no-sandbox",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": which("chromium") or ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    audits = report["audits"]
    costly = [
        f"{name}: {audits[reference['id']]['title']}"
        for name in CATEGORIES
        for reference in report["categories"][name]["auditRefs"]
        if reference["weight"]
        and reference["id"] != NOT_HERE
        and audits[reference["id"]]["score"] not in (None, 1)
    ]
    assert costly == []
    assert audits[JUMPS]["numericValue"] < 0.01
