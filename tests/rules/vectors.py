"""The recorded verdicts of the official validator."""

from __future__ import annotations

import json
from typing import Any

from tests.data import FOLDER


def load() -> dict[str, Any]:
    """All recorded vectors, by kind."""
    vectors: dict[str, Any] = json.loads((FOLDER / "vectors/validation.json").read_bytes())
    return vectors
