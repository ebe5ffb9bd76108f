"""The base URLs of the package registries: part of the official registry's contract, section 4."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from urllib.parse import urlsplit

from builder.runtime import resources


@cache
def bases() -> Mapping[str, str]:
    """Give the base URL of each registry that has one.

    The contract spells three of them as the schema's examples of `registryBaseUrl` do.
    """
    path = resources.folder("schema") / "official" / "2025-12-11" / "server.schema.json"
    schema = json.loads(path.read_bytes())
    examples = schema["definitions"]["Package"]["properties"]["registryBaseUrl"]["examples"]
    spelled = {kind: _only(examples, kind) for kind in ("npm", "pypi", "nuget")}
    return {**spelled, "cargo": "https://crates.io", "cargo-files": "https://static.crates.io"}


def is_default(kind: str, base: str) -> bool:
    """Tell whether a base URL names the registry that packages of a type come from anyway.

    Only hosts count: people write the public registry's address in several ways, some of them
    with a path, and it is never a package index of somebody's own.
    """
    default = urlsplit(bases().get(kind, "")).hostname
    try:
        host = urlsplit(base).hostname
    except ValueError:
        return False
    return bool(default and host and "." in host) and f".{default}".endswith(f".{host}")


def _only(examples: list[str], word: str) -> str:
    (found,) = (url for url in examples if word in url)
    return found
