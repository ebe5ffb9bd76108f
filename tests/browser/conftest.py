"""The small registry's site behind a real web server, below a path, and a real browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from builder.model.page import media_type
from tests.pages import made

PREFIX = "/sub/"  # the path of base_url in tests/site/made.py
SCREENSHOTS = Path(__file__).resolve().parents[2] / ".artefacts" / "screenshots"


class _Host(SimpleHTTPRequestHandler):
    """A plain file host: only below the prefix, with 404.html for what is not there."""

    def translate_path(self, path: str) -> str:
        inside = path[len(PREFIX) - 1 :] if path.startswith(PREFIX) else "/nowhere"
        return super().translate_path(inside)

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        return media_type(str(path))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def served(files: Mapping[str, bytes], folder: Path) -> Iterator[str]:
    """Serve the files of a site from a folder; its address, with a slash at its end."""
    for path, body in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
        server.shutdown()


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, with a slash at its end."""
    folder = tmp_path_factory.mktemp("site")
    source = made.make(tmp_path_factory.mktemp("repository"))
    files = made.site(source.catalogue, source.config, folded=True)
    with served(files, folder) as url:
        yield url


@pytest.fixture
def context(browser: Browser, base: str) -> Iterator[BrowserContext]:
    """A fresh visitor at a desk, who may use the clipboard."""
    made_context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=base)
    made_context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield made_context
    made_context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that may not fail in silence, nor ask anybody else for anything."""
    opened = context.new_page()
    trouble: list[str] = []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("console", lambda one: trouble.append(one.text) if one.type == "error" else None)
    opened.on(
        "request", lambda one: trouble.append(one.url) if "127.0.0.1" not in one.url else None
    )
    yield opened
    expected = "Failed to load resource: the server responded with a status of 404"
    assert not [one for one in trouble if expected not in one]
