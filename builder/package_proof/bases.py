"""The base URLs of the package registries: part of the official registry's contract, section 4."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from builder import resource


@cache
def bases() -> Mapping[str, str]:
    """Give the base URL of each registry that has one.

    The contract spells three of them as the schema's examples of `registryBaseUrl` do.
    """
    path = resource.folder("schema") / "official" / "2025-12-11" / "server.schema.json"
    schema = json.loads(path.read_bytes())
    examples = schema["definitions"]["Package"]["properties"]["registryBaseUrl"]["examples"]
    spelled = {kind: _only(examples, kind) for kind in ("npm", "pypi", "nuget")}
    return {**spelled, "cargo": "https://crates.io", "cargo-files": "https://static.crates.io"}


def _only(examples: list[str], word: str) -> str:
    (found,) = (url for url in examples if word in url)
    return found
