"""How fast search answers in a browser: python -m benchmarks.searching [--root REPOSITORY | --site SITE]

A large registry's search is measured over a site that was built before, packed or lean or whole.
Chromium on a 4G profile (9 Mbit/s, 60 ms there and back) and HTTP/2: a new visitor opens the search
page, types a query at once, then its last letter again. Prints, on a wide screen and on a phone, medians
and the slowest: from the first key to the first result, the bytes of the index until then and with the
filters, and from a further key to its results.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from statistics import median
from typing import Any

import click
from playwright.sync_api import Browser, CDPSession, ViewportSize, sync_playwright

from benchmarks.http2 import served
from builder.build import source
from builder.git.discovery import discover
from builder.pages import assets, search

FOUR_G = {"latency": 60, "downloadThroughput": 9_000_000 / 8, "uploadThroughput": 1_500_000 / 8}
"""Milliseconds and bytes a second."""
_INDEX = re.compile(r"v0\.1/x/[^/]+/search/index\.json")
SCREENS: Mapping[str, ViewportSize] = {
    "wide screen": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}
QUERIES = (
    "weather", "send an email", "k8s", "postgres database", "browser automation", "github issues",
    "stock prices", "pdf to text", "slack", "translate text", "vector db", "calendar",
)  # fmt: skip
# From a key to the moment at which the list is drawn anew.
_TYPE = """(text) => new Promise((done) => {
  const box = document.querySelector("form[data-search] input[name=q]");
  const list = document.querySelector("[data-list]");
  const start = performance.now();
  new MutationObserver((_, seen) => {
    seen.disconnect();
    requestAnimationFrame(() => done(performance.now() - start));
  }).observe(list, { childList: true });
  box.value = text;
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
})"""


def made(repository: Path) -> dict[str, bytes]:
    """Return the search page of a repository and what it reads, by path."""
    loaded = source.load(discover(repository), "HEAD")
    pages = (
        *search.pages(loaded.catalogue, loaded.config),
        *assets.pages(loaded.catalogue, loaded.config),
    )
    return {page.path: page.body for page in pages}


def built(site: Path) -> dict[str, bytes]:
    """Return the search page of a built site and what it reads, by path."""
    parts = ("search", "assets", "v0.1/x")
    files = (path for part in parts for path in (site / part).rglob("*") if path.is_file())
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in files}


def lines(bodies: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the figures of a search page for each screen."""
    folder = next(
        f"/{path.removesuffix('index.json')}" for path in bodies if _INDEX.fullmatch(path)
    )
    with _served(bodies) as base, sync_playwright() as found:
        browser = found.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        for name, screen in SCREENS.items():
            visits = [_visit(browser, base, folder, screen, query) for query in QUERIES]
            first, until, further, whole = zip(*visits, strict=True)
            yield (
                f"{name}: first result after {median(first):.0f} ms, at most {max(first):.0f} ms and "
                f"{median(until) / 1000:.0f} KB, at most {max(until) / 1000:.0f} KB; with all filters "
                f"{median(whole) / 1000:.0f} KB; a further key {median(further):.0f} ms, at most {max(further):.0f} ms"
            )
        browser.close()


def _visit(
    browser: Browser, base: str, folder: str, screen: ViewportSize, query: str
) -> tuple[float, int, float, int]:
    """Return milliseconds to the first result, bytes until then, milliseconds of a further key, all bytes."""
    context = browser.new_context(viewport=screen, base_url=base, ignore_https_errors=True)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, **FOUR_G})
    weight = _Weight(session, folder)
    page.goto("/search/", wait_until="networkidle")
    first = page.evaluate(_TYPE, query)
    until = weight.bytes
    page.wait_for_load_state("networkidle")
    page.evaluate(_TYPE, query[:-1])
    page.wait_for_load_state("networkidle")
    further = page.evaluate(_TYPE, query)
    whole = weight.bytes
    context.close()
    return first, until, further, whole


class _Weight:
    """The bytes of a folder's files that have arrived in a page."""

    def __init__(self, session: CDPSession, folder: str) -> None:
        self.bytes = 0
        self._folder = folder
        self._wanted: set[str] = set()
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._arrived)

    def _asked(self, event: dict[str, Any]) -> None:
        if self._folder in event["request"]["url"]:
            self._wanted.add(event["requestId"])

    def _arrived(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._wanted:
            self.bytes += int(event["encodedDataLength"])


@contextmanager
def _served(bodies: Mapping[str, bytes]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="searching-") as folder:
        own = Path(folder)
        for path, body in bodies.items():
            file = own / "www" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        with served(own / "www") as base:
            yield base


@click.command()
@click.option("--root", type=click.Path(path_type=Path, exists=True), default=Path())
@click.option("--site", type=click.Path(path_type=Path, exists=True), help="A site built before.")
def command(root: Path, site: Path | None) -> None:
    """Print the figures for a repository; the queries are words of this one's servers."""
    for line in lines(built(site) if site else made(root)):
        click.echo(line)


if __name__ == "__main__":
    command()
