"""The recorded verdicts of the official validator, which lie beside the checkout.

They are needed while tests are collected. Where they are missing the module that asks for them
is skipped with the reason shown; with CI set, missing data is a failure.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from tests.data import SHARED

FILE = SHARED / "vectors" / "validation.json"


def load() -> dict[str, Any]:
    """All recorded vectors, by kind."""
    if not FILE.is_file():
        reason = f"shared/vectors/{FILE.name} is not beside the checkout"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason, allow_module_level=True)
    vectors: dict[str, Any] = json.loads(FILE.read_bytes())
    return vectors
