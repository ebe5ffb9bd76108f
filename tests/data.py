"""The two real dumps of the official registry, and the validator's vectors.

They stand beside the checkout. Where they are missing, tests that need them are skipped with the
reason shown; with CI set, missing data is a failure.
"""

from __future__ import annotations

import functools
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(name: str) -> Path:
    """Give the path of a shared file, or skip the test (fail it in CI)."""
    found = SHARED / name
    if not found.exists():
        if os.environ.get("CI"):
            pytest.fail(f"shared/{name} is missing beside the checkout")
        # Also while a module is collected: then all of it is skipped.
        pytest.skip(f"shared/{name} is not beside the checkout", allow_module_level=True)
    return found


@functools.cache
def _dump(file: Path) -> list[dict[str, Any]]:
    value = json.loads(gzip.decompress(file.read_bytes()))
    items: list[dict[str, Any]] = value["servers"] if isinstance(value, dict) else value
    return items


def dump(date: str) -> list[dict[str, Any]]:
    """The items of the official registry as of a date."""
    return _dump(shared(f"data/official-registry-{date}.json.gz"))
