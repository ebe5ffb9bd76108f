"""GitHub Pages for clients that follow no redirect: pages beside the folders of the API's documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from builder.build.build import build
from tests.build import trees
from tests.conformance import running
from tests.patience import PATIENCE
from tests.registry import CONFIG, Registry, entry_file

NAME = "com.example%2Fweather"
ADDRESSES = (
    "/v0.1/servers",
    "/v0.1/servers?version=latest&limit=100&updated_since=2025-01-01T00:00:00Z",
    f"/v0.1/servers/{NAME}/versions",
    f"/v0.1/servers/{NAME}/versions/latest",
    f"/v0.1/servers/{NAME}/versions/2.0.0",
    "/v0/servers",
    "/v0/health",
)
"""What mcp-registry-sdk, mcp-server-find and langchain4j ask for."""


def made(root: Path) -> Path:
    registry = Registry(root / "repository", "")
    settings = CONFIG + "api: {without_redirects: true}\nhosts: [github-pages]\n"
    registry.commit(
        {"registry.yaml": settings, **entry_file(description="<script>alert(1)</script>")}
    )
    build(registry.repository, "HEAD", root / "www", 1)
    # The page of one version has the name of another's folder.
    registry.commit({**entry_file(version="1.0.0.html"), **entry_file(version="2.0.0")})
    build(registry.repository, "HEAD", root / "www", 1)
    clean = trees.clean(registry.repository)
    assert trees.differences(trees.read(root / "www"), clean) == []
    return root / "www"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("pages")
    with running.HOSTS["serve --plain"](made(root), "", root) as started:
        yield started


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_redirect_and_the_same_body(url: str, address: str) -> None:
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        answer = client.get(url + address)
        assert answer.status_code == 200
        path, _, query = address.partition("?")
        assert answer.json() == client.get(f"{url}{path}/?{query}").json()
        # ToolHive asks for application/json: so this is a setting.
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "<" not in answer.text, "what a publisher writes is not markup"


def test_a_version_that_is_named_as_a_page(url: str) -> None:
    with httpx.Client(trust_env=False, follow_redirects=True, timeout=PATIENCE) as client:
        for version in ("1.0.0", "1.0.0.html", "2.0.0"):
            answer = client.get(f"{url}/v0.1/servers/{NAME}/versions/{version}")
            assert answer.json()["server"]["version"] == version
