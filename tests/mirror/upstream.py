"""An upstream registry in small: its items, and what becomes of them here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from builder.mirror import apply as mirror
from builder.mirror.intake import of_mirror_policy
from builder.mirror.report import MirrorReport
from builder.model.mirror_settings import MirrorPolicy
from builder.model.server_json import OFFICIAL

SOURCE = "https://registry.modelcontextprotocol.io"
POLICY = MirrorPolicy()


def item(name: str = "com.example/weather", version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    """An item of an upstream's list: a server.json, with more fields if need be, and its metadata."""
    block = {
        "status": "active",
        "publishedAt": "2025-01-01T00:00:00Z",
        "updatedAt": "2025-01-01T00:00:00Z",
        "isLatest": True,
    }
    return {
        "server": {"name": name, "description": "A server", "version": version, **more},
        "_meta": {OFFICIAL: block},
    }


def apply(root: Path, items: list[dict[str, Any]], policy: MirrorPolicy = POLICY) -> MirrorReport:
    """Bring everything that an upstream has into the registry at `root`, as the policy has it."""
    return mirror.apply(root, SOURCE, items, of_mirror_policy(policy), complete=True)
