"""The recorded verdicts of the official validator, which lie beside the checkout.

They are not ours to commit. A CI run without them is a failure, not a smaller test run.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"


def shared(path: str) -> Path:
    """A file of the shared reference data; without it the test fails in CI and is skipped elsewhere."""
    file = SHARED / path
    if not file.is_file():
        reason = f"no reference data at {file}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason, allow_module_level=True)
    return file


def load() -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads(shared("vectors/validation.json").read_bytes())
    return vectors
