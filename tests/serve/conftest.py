"""A small registry with every status, built, and served by the real server program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from builder.build import build
from builder.serve import app, connection
from builder.serve.connection import ServeLimits
from tests.asgi_server import listening
from tests.patience import PATIENCE
from tests.registry import Registry, entry_file

WEATHER, GONE, PLUS = "com.example/weather", "com.example/gone", "io.github.Acme/plus_server.v2"


def versions(name: str, version: str = "") -> str:
    """The address of a server's versions, or of one of them."""
    tail = f"/{quote(version, safe='')}" if version else ""
    return f"/v0.1/servers/{quote(name, safe='')}/versions{tail}"


def running(
    folder: Path, *, plain: bool, prefix: str = "", limits: ServeLimits = connection.DEFAULT
) -> AbstractContextManager[str]:
    """Serve a folder; gives the base URL."""
    return listening(app.application(folder, plain=plain, prefix=prefix), limits)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    registry = Registry(tmp_path_factory.mktemp("serve") / "registry")
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        registry.commit(entry_file(WEATHER, version))
    registry.commit({**entry_file(GONE), **entry_file(PLUS, "1.0.0+build")})
    registry.commit(
        {
            f"servers/{WEATHER}/status.yaml": '"2.0.0": {status: deleted}\n"1.0.0": {status: deprecated, message: Old}\n',
            f"servers/{GONE}/status.yaml": '"*": {status: deleted, message: Malware}\n',
        }
    )
    out = tmp_path_factory.mktemp("built") / "public"
    build.build(registry.repository, "HEAD", out, 1)
    return out


@pytest.fixture(scope="session")
def full(built: Path) -> Iterator[httpx.Client]:
    """A client of `serve`."""
    with running(built, plain=False) as url, httpx.Client(base_url=url, timeout=PATIENCE) as client:
        yield client


@pytest.fixture(scope="session")
def plain(built: Path) -> Iterator[httpx.Client]:
    """A client of `serve --plain`."""
    with running(built, plain=True) as url, httpx.Client(base_url=url, timeout=PATIENCE) as client:
        yield client
