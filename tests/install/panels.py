"""Small install panels, and what stands in them for a client."""

from __future__ import annotations

import json
from typing import Any

from builder.install import Launch, Recipe, panel

NAME = "com.example/weather"


def launch(**package: Any) -> Launch:
    """The launch of a server with one package, of npm unless `package` says otherwise."""
    (only,) = panel(
        NAME,
        {"packages": [{"registryType": "npm", "identifier": "w", "version": "1.0.0", **package}]},
    ).launches
    return only


def remote(**fields: Any) -> Launch:
    """The launch of a server with one remote."""
    body = {"type": "streamable-http", "url": "https://mcp.acme.dev/mcp", **fields}
    (only,) = panel(NAME, {"remotes": [body]}).launches
    return only


def recipe(launch: Launch, client: str) -> Recipe:
    """What a client needs to install it."""
    return next(recipe for recipe in launch.recipes if recipe.client == client)


def config(launch: Launch, client: str = "json") -> dict[str, Any]:
    """The server's settings in the file of a client."""
    file = recipe(launch, client).file
    assert file is not None
    value = json.loads(file.text)
    (server,) = next(table for key, table in value.items() if key != "inputs").values()
    assert isinstance(server, dict)
    return server
