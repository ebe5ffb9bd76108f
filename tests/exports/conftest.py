"""A registry with approved servers, a collection and a team, and its site: built once for all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import trees
from tests.registry import CONFIG, Registry, entry_file

APPROVED = "approved: {by: Security, at: 2026-01-31, versions: ['1.*']}\n"


@pytest.fixture(scope="package")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    made = Registry(
        Path(tmp_path_factory.mktemp("exports"), "registry"),
        CONFIG + "exports: {teams: [{name: platform, collections: [data]}]}\n",
    )
    made.commit(entry_file())
    made.commit(entry_file(version="1.1.0"))
    made.commit(entry_file(version="2.0.0"))
    made.commit(
        entry_file(
            "com.example/remote",
            remotes=[
                {"type": "streamable-http", "url": "HTTPS://MCP.Example.net:443/mcp#part"},
                {"type": "sse", "url": "https://{tenant}.example.net/sse"},
            ],
        )
    )
    made.commit(
        entry_file(
            "com.example/image",
            packages=[
                {
                    "registryType": "oci",
                    "identifier": "ghcr.io/example/image:1.0.0",
                    "transport": {"type": "stdio"},
                    "environmentVariables": [
                        {"name": "API_KEY", "isSecret": True, "isRequired": True},
                        {"name": "REGION", "isRequired": True},
                    ],
                }
            ],
        )
    )
    made.commit(
        {
            "servers/com.example/weather/overlay.yaml": APPROVED,
            "servers/com.example/weather/status.yaml": '"1.0.0": {status: deleted}\n',
            "overlays/house.yaml": f"servers: [com.example/remote]\n{APPROVED}",
            "collections/data.yaml": "title: Data\n"
            "servers: [com.example/image, com.example/weather, com.example/gone]\n",
        }
    )
    return made


@pytest.fixture(scope="package")
def site(registry: Registry) -> dict[str, bytes]:
    return trees.clean(registry.repository)
