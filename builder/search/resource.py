"""A server as an entry of a discovery catalogue. site/worker/resource.js is the same.

Agentic Resource Discovery 0.91 (https://github.com/ards-project/ard-spec) and AI Catalog 0.9: a name
of the form `urn:air:<domain>:<name>` in the characters that both allow, and the address of the
server's card.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

CARD_TYPE = "application/mcp-server-card+json"
CATALOG_TYPE = "application/ai-catalog+json"
REGISTRY_TYPE = "application/ai-registry+json"
NO_DOMAIN = "registry.invalid"
_DOMAIN = re.compile(
    r"(?=.{1,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_OTHER = re.compile(r"[^A-Za-z0-9.-]")


def resource(
    base_url: str, name: str, title: str, description: str, version: str, day: str,
    topics: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """Return the entry of a server; `day` is that of its last change, `topics` are titles."""
    path = quote(name, safe="/", errors="replace")
    return {
        "identifier": identifier(name),
        "displayName": title,
        "type": CARD_TYPE,
        "url": f"{base_url}/{card_file(path)}",
        "description": description or title,
        "tags": [*topics],
        "version": version,
        "updatedAt": f"{day}T00:00:00Z",
        "metadata": {
            "name": name,
            "page": f"{base_url}/servers/{path}/",
            "serverJson": f"{base_url}/v0.1/servers/{path}/versions/latest",
        },
    }


def identifier(name: str) -> str:
    """Return the identifier of a server: its namespace as a domain, then the rest of its name.

    A namespace that is no domain stands in the name, below a domain that nobody can have.
    """
    namespace, _, label = name.partition("/")
    domain = publisher(namespace)
    parts = [domain, label] if domain != NO_DOMAIN else [domain, namespace, label]
    return ":".join(["urn:air", *map(_escaped, parts)])


def publisher(namespace: str) -> str:
    """Return the domain that a namespace is written backwards."""
    domain = ".".join(reversed(namespace.split(".")))
    return domain if _DOMAIN.fullmatch(domain) else NO_DOMAIN


def card_file(name: str) -> str:
    """Return the path of a server's card in the site."""
    return f"cards/{name}.json"


def _escaped(text: str) -> str:
    """Write what an identifier cannot hold, and the `_` that begins an escape, as `_` and its number."""
    return _OTHER.sub(lambda match: f"_{ord(match[0]):02x}", text) or "_"
