"""What Lighthouse says of a built site: home, search, a server and documentation, as a phone on 4G sees them.

Run by itself on any built site: python -m benchmarks.lighthouse SITE. It needs Chromium, nginx and `npm ci`.
Accessibility, best practices and SEO are to be 100, performance at least 98: the last depends on the
machine, so that it is a figure here and no test. The site stands below a path, as on GitHub Pages: at the
root of a host Lighthouse 13.5 takes 8 points of SEO for `Agentmap:` in robots.txt, which its own ARD audit reads.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks.http2 import served

LIGHTHOUSE = Path(__file__).parents[1] / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
AUDITS = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")  # fmt: skip
PREFIX = "/registry/"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReport:
    """Scores from 0 to 100 by category, times as Lighthouse words them, and titles of what costs points."""

    scores: Mapping[str, int]
    times: Sequence[str]
    findings: Sequence[str]


def lines(site: Path) -> Iterator[str]:
    """Yield the scores of each page, and below them what each finding says."""
    if not LIGHTHOUSE.is_file() or not _chromium() or not Path("/usr/sbin/nginx").is_file():
        yield "Lighthouse: not installed (npm ci, Chromium, nginx)"
        return
    with served(site, PREFIX) as base:
        for page in _pages(site):
            report = _report(base + page)
            scores = "  ".join(f"{name} {score}" for name, score in report.scores.items())
            yield f"Lighthouse /{page}: {scores}  ({', '.join(report.times)})"
            yield from (f"  {finding}" for finding in report.findings)


def _pages(site: Path) -> list[str]:
    server = next(path for path in sorted(site.glob("servers/*/*/index.html")) if _is_whole(path))
    pages = ["", "search/?q=database", f"{server.parent.relative_to(site)}/"]
    return [*pages, "docs/"] if (site / "docs").is_dir() else pages


def _is_whole(path: Path) -> bool:
    return b'id="install"' in path.read_bytes()


def _report(url: str) -> PageReport:
    done = subprocess.run(
        ["node", LIGHTHOUSE, url, "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}", "--chrome-flags=--headless=new --no-sandbox --ignore-certificate-errors"],
        env={**os.environ, "CHROME_PATH": _chromium() or ""},
        capture_output=True,
        check=True,
    )  # fmt: skip
    report = json.loads(done.stdout)
    return PageReport(
        scores={name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES},
        times=[report["audits"][name]["displayValue"] for name in AUDITS],
        findings=list(_findings(report)),
    )  # fmt: skip


def _findings(report: Any) -> Iterator[str]:
    """Yield what costs points outside of performance."""
    for category in CATEGORIES[1:]:
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] not in (None, 1):
                yield f"{category}: {audit['title']}"


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


@click.command()
@click.argument("site", type=click.Path(exists=True, file_okay=False, path_type=Path))
def command(site: Path) -> None:
    """Print what Lighthouse says of four pages of a built site."""
    for line in lines(site.resolve()):
        click.echo(line)


if __name__ == "__main__":
    command()
