"""What a publisher sends, and what readers then see of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.publish.running import Desk
from tests.registry import entry

ALICES = "io.github.alice/weather"


def server(version: str = "1.0.0", name: str = ALICES, **fields: Any) -> dict[str, Any]:
    """A server.json that Alice may publish."""
    return entry(name, version, **fields)


def item(desk: Desk, name: str, version: str, query: str = "") -> dict[str, Any]:
    """What a reader gets for a version."""
    answer = desk.get(f"/v0/servers/{quote(name, safe='')}/versions/{version}{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
