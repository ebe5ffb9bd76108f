"""A registry of few servers of which much is told: facts, the operator's word, renames, collections, own pages."""

from __future__ import annotations

from pathlib import Path

from builder.build import source
from tests.pages.made import CONFIG, KEY, OPTIONAL, REMOTE, npm
from tests.registry import Registry, entry_file

DIGEST = "a" * 64
WEATHER = "servers/com.example/weather"
_TOOLS = [
    f"{{name: get_{name}, description: 'Returns {name} of <b>a place</b>.', digest: {DIGEST}}}"
    for name in "abcdefghij"
]
FACTS = f"""\
remotes:
  https://weather.example.com/mcp:
    asked: '2026-10-01'
    answered: '2026-10-01'
    name: weather
    protocols: ['2026-07-28']
    tools: [{", ".join(_TOOLS)}]
    changes:
    - {{day: '2026-10-01', tool: get_a, change: description, before: 'Returns it.'}}
repository:
  {{asked: '2026-10-02', source: 'https://github.com/example/weather', licence: MIT, stars: 12, archived: true}}
proof: {{failing: '2026-10-02', trouble: the record is gone}}
"""
OVERLAY = """\
title: House weather
summary: Forecasts that our teams use.
categories: [house-tools]
tags: [forecast]
notes: "Ask **us** first."
verified: true
recommended: true
approved: {by: Security, at: 2026-01-31}
contact: help@example.com
advisories: [{id: GHSA-abcd-1234-efgh, package: npm weather 1.1.0, summary: Reads other files.}]
"""
COLLECTION = """\
title: Starters
summary: What to begin with.
text: "Chosen **twice** a year.\\n\\n* weather first"
servers: [com.example/weather, com.example/gone-since]
"""
IMPRINT = "# Imprint\n\nExample Ltd.\n\n## Address\n\n| street | town |\n|---|---|\n| 1 Long Road | Ex |\n"


def make(root: Path) -> source.Source:
    """Commit all of that to a repository and read it."""
    registry = Registry(root, CONFIG)
    remotes = [REMOTE | {"url": "https://weather.example.com/mcp"}]
    registry.commit(entry_file(packages=[npm("weather")]))
    registry.commit(entry_file(version="1.0.1", packages=[npm("weather", "1.0.1")]))
    packages = [npm("other", "1.1.0", environmentVariables=[KEY, OPTIONAL])]
    registry.commit(entry_file(version="1.1.0", packages=packages, remotes=remotes))
    registry.commit({**entry_file("com.example/new-name"), **entry_file("com.example/old-name")})
    registry.commit(
        {
            f"{WEATHER}/facts.yaml": FACTS,
            f"{WEATHER}/overlay.yaml": OVERLAY,
            f"{WEATHER}/status.yaml": '1.0.1: {status: deleted, message: "Leaked a key."}\n',
            "servers/com.example/old-name/status.yaml": '"*": {status: deprecated, renamed-to: com.example/new-name}\n',
            "servers/com.example/new-name/status.yaml": '"*": {status: active, renamed-from: [com.example/old-name]}\n',
            "collections/starters.yaml": COLLECTION,
            "site/pages/imprint.md": IMPRINT,
        }
    )
    return registry.load()
