"""Data that tests read: dumps of the official registry, recorded verdicts, inputs that failed.

`README.md` beside this file says where each comes from and under which licence.
"""

from __future__ import annotations

import functools
import gzip
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@functools.cache
def dump(date: str) -> list[dict[str, Any]]:
    """Return the items of the official registry as of a date."""
    file = FOLDER / f"official-registry-{date}.json.gz"
    value = json.loads(gzip.decompress(file.read_bytes()))
    items: list[dict[str, Any]] = value["servers"] if isinstance(value, dict) else value
    return items
