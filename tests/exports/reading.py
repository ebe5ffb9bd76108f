"""What tests read of the files that a site has for clients."""

from __future__ import annotations

import json
from typing import Any


def managed_settings(site: dict[str, bytes], scope: str, client: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(site[f"exports/{scope}/{client}/managed-settings.json"])
    return loaded
