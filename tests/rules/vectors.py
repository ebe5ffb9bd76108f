"""The recorded verdicts of the official validator, which lie beside the checkout.

They are needed while tests are collected. Where they are missing the module that asks for them
is skipped with the reason shown; with CI set, missing data is a failure.
"""

from __future__ import annotations

import json
from typing import Any

from tests.data import shared


def load() -> dict[str, Any]:
    """All recorded vectors, by kind."""
    file = shared("vectors/validation.json")
    vectors: dict[str, Any] = json.loads(file.read_bytes())
    return vectors
