"""An upstream registry of a test's making: pages as a test says, and a log of who asked for what."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.model.server_json import OFFICIAL
from tests.local_server import LocalServer, Reply, Request, as_json, serving
from tests.registry import CONFIG, Registry

Answer = Callable[[Request], Reply]
UPDATED = "2025-01-01T00:00:00Z"


def item(name: str = "com.example/weather", version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    """A ServerResponse; `status`, `updatedAt` and `isLatest` go into the official block."""
    block = {"status": "active", "publishedAt": UPDATED, "updatedAt": UPDATED, "isLatest": True}
    block |= {key: more.pop(key) for key in ("status", "updatedAt", "isLatest") if key in more}
    server = {"name": name, "description": "A server", "version": version, **more}
    return {"server": server, "_meta": {OFFICIAL: block}}


def paged(pages: Sequence[Sequence[Any]]) -> Answer:
    """Answer with pages, the number of the next one as the cursor."""

    def answer(request: Request) -> Reply:
        number = int(request.query.get("cursor", "0"))
        more = number + 1 < len(pages)
        metadata = {"nextCursor": str(number + 1)} if more else {}
        return as_json({"servers": list(pages[number]), "metadata": metadata})

    return answer


@contextmanager
def upstream(answer: Answer) -> Iterator[LocalServer]:
    """Serve the list as `answer` does; the question for the time (`limit=1`) gets an empty one."""

    def listed(request: Request) -> Reply:
        if request.query.get("limit") == "1":
            return as_json({"servers": [], "metadata": {}})
        return answer(request)

    with serving(listed) as server:
        yield server


def mirror(root: Path, server: LocalServer, *options: str) -> int:
    return cli.run(["mirror", server.url, "--root", str(root), *options])


def asked(server: LocalServer) -> list[dict[str, str]]:
    """The queries for pages."""
    return [request.query for request in server.requests if request.query.get("limit") != "1"]


def servers(root: Path) -> dict[str, bytes]:
    """Every file in servers/."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in (root / "servers").rglob("*")
        if path.is_file()
    }


def policy(registry: Registry, lines: str) -> None:
    """Commit settings with lines of `policy.mirror`."""
    registry.commit({"registry.yaml": f"{CONFIG}policy:\n  mirror:\n    {lines}\n"})


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again at once."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
