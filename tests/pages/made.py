"""A small registry with one of everything that a page can show, and the site made from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder import pages
from builder.build import source
from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.pages.api import openapi
from tests.pages.unfold import unfolded
from tests.registry import Content, Registry, entry_file

CONFIG = """\
title: Test registry
description: Servers for tests.
base_url: https://registry.example.com/sub
extension_namespace: com.example.registry
repository: https://github.com/example/registry
pages: {server_feeds: true}
log_key: registry.example.com/sub+17bb9bd9+ATb6dGdlF5OAlPzVJwZiWDPrlsNIUPN+QbZXdJ0f8TxD
"""
UPSTREAM = "https://registry.modelcontextprotocol.io"
WORDS = [
    "alpha",
    "bravo",
    "charlie",
    "delta",
    "echo",
    "foxtrot",
    "golf",
    "hotel",
    "india",
    "juliett",
    "kilo",
    "lima",
    "mike",
]

# Each string carries markup, an address that runs, a way out of a string, an attribute, an XML
# section, Markdown and characters that no page may hold.
TRAP = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)>]]><!-- {{7*7}} {% raw %} "
    "[x](javascript:alert(1)) `b` </title></textarea>\x00\x1b\u202e\ufffe &amp; ${x}"
)
RUNS = "javascript:alert(document.domain)//" + TRAP

HOSTILE: dict[str, Any] = {
    "title": TRAP,
    "description": TRAP,
    "websiteUrl": RUNS,
    "repository": {"url": RUNS, "source": TRAP, "subfolder": TRAP},
    "icons": [{"src": RUNS, "mimeType": TRAP}],
    "packages": [
        {
            "registryType": kind,
            "identifier": TRAP,
            "version": TRAP,
            "runtimeHint": TRAP,
            "registryBaseUrl": RUNS,
            "fileSha256": TRAP,
            "transport": {"type": "stdio"},
            "environmentVariables": [
                {
                    "name": TRAP,
                    "description": TRAP,
                    "default": TRAP,
                    "choices": [TRAP],
                    "value": TRAP,
                }
            ],
            "packageArguments": [{"type": "named", "name": TRAP, "value": TRAP, "valueHint": TRAP}],
        }
        for kind in ("npm", "pypi", "oci", "nuget", "mcpb", TRAP)
    ],
    "remotes": [
        {"type": kind, "url": url, "headers": [{"name": TRAP, "value": TRAP, "isSecret": True}]}
        for kind, url in (
            ("streamable-http", RUNS),
            ("sse", f"https://x.example/{TRAP}"),
            (TRAP, TRAP),
        )
    ],
}


def npm(identifier: str, version: str = "1.0.0", **fields: Any) -> dict[str, Any]:
    """A package entry."""
    return {
        "registryType": "npm",
        "identifier": identifier,
        "version": version,
        "transport": {"type": "stdio"},
        **fields,
    }


KEY = {"name": "WEATHER_API_KEY", "description": "Your key.", "isRequired": True, "isSecret": True}
OPTIONAL = {"name": "ALERTS_TOKEN", "description": "For private alerts.", "isSecret": True}
REMOTE = {"type": "streamable-http", "url": "https://legacyhost.example.com/mcp"}


def many() -> dict[str, Content]:
    """120 plain servers, so that lists have more than one page."""
    files: dict[str, Content] = {}
    for place in range(120):
        first, second = WORDS[place % 13], WORDS[(place // 13) % 13]
        name = f"io.github.{second}/{first}-{place}"
        files |= entry_file(
            name,
            description=f"The {first} of {second}.",
            remotes=[{"type": "sse", "url": f"https://{first}{place}.example.com/sse"}],
        )
    return files


def first() -> dict[str, Content]:
    """Servers with something to tell, in their first version."""
    odd = "1.0.0 º/{{x}}"
    return {
        **entry_file(
            "com.example/weather",
            title="Weather",
            description="Forecasts for anywhere.",
            websiteUrl="https://weather.example.com/",
            repository={"url": "https://github.com/example/weather", "source": "github"},
            packages=[npm("@example/weather", environmentVariables=[KEY])],
        ),
        **entry_file(
            "io.github.alice/alerts",
            description="Mentions the weather in passing.",
            packages=[npm("alerts-mcp", environmentVariables=[OPTIONAL])],
        ),
        **entry_file(
            "io.github.alice/filesystem-mcp-server", description="Files of a disk, no database."
        ),
        **entry_file("com.example/old", description="Superseded.", remotes=[REMOTE]),
        **entry_file("com.example/gone", description="Malware with a secret past."),
        **entry_file("com.example/odd", odd, description="An odd version."),
        **{
            f"servers/com.example/odd/{stem}.json": body for stem, body in odd_versions(odd).items()
        },
        "servers/com.example/namespace.yaml": (
            "proof: dns\nkeys:\n- {algorithm: ed25519, public: MCowBQYDK2VwAyEA}\n"
        ),
    }


def odd_versions(odd: str) -> dict[str, Content]:
    """Versions that would be paths, or the names of our own files."""
    from builder.model.layout import encode_version

    body = {"$schema": "x", "name": "com.example/odd", "description": "Odd."}
    return {
        encode_version(text): json.dumps({**body, "version": text})
        for text in (odd, "page.html", "page.md", "badge.json")
    }


def later(registry: Registry) -> None:
    """What happened to them since."""
    registry.commit(
        entry_file(
            "com.example/weather",
            "1.1.0",
            title="Weather",
            description="Forecasts for anywhere on Earth.",
            repository={"url": "https://github.com/example/weather", "source": "github"},
            packages=[npm("@example/weather", "1.1.0", environmentVariables=[KEY])],
            remotes=[REMOTE | {"url": "https://weather.example.com/mcp"}],
        )
    )
    registry.commit(
        {
            "servers/com.example/old/status.yaml": (
                '"*": {status: deprecated, message: "Use com.example/weather instead."}\n'
            ),
            "servers/com.example/gone/status.yaml": (
                '"*": {status: deleted, message: "It stole keys."}\n'
            ),
        }
    )
    official = {"status": "active", "publishedAt": "2023-11-14T20:00:00Z", "isLatest": True}
    mirrored = {
        "source": UPSTREAM,
        "versions": {"1.0.0": {**official, "updatedAt": "2023-11-14T20:00:00Z"}},
    }
    registry.commit(
        {
            **entry_file("io.github.bob/mirrored", description="From elsewhere."),
            "servers/io.github.bob/mirrored/upstream.json": mirrored,
        }
    )
    hostile = entry_file("com.hostile/trap", **HOSTILE)
    registry.commit(hostile)
    registry.commit(entry_file("com.hostile/trap", "1.0.1", **{**HOSTILE, "title": TRAP * 2}))
    registry.commit(
        {
            "servers/com.hostile/trap/status.yaml": json.dumps(
                {"*": {"status": "deprecated", "message": TRAP}}
            )
        }
    )


def make(root: Path) -> source.Source:
    """Commit all of that to a repository and read it."""
    registry = Registry(root, CONFIG)
    registry.commit({**many(), **first()})
    later(registry)
    return registry.load()


def site(catalogue: Catalogue, config: Config, *, folded: bool = False) -> dict[str, bytes]:
    """Every file of the site but the documentation, by path; unless `folded`, as a script shows it."""
    made: dict[str, bytes] = {}
    for page in _pages(catalogue, config):
        assert page.path not in made
        is_whole = folded or not page.path.endswith(".html")
        made[page.path] = page.body if is_whole else unfolded(page.body)
    return made


def _pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    for make in pages.CATALOGUE_PAGES:
        yield from make(catalogue, config)
    yield from openapi.pages(config)
    for kind in pages.KINDS.values():
        for thing in kind.all(catalogue):
            yield from kind.pages(thing, config)
