"""Documents for the install panel: real ones, and every kind of odd one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

HERE = Path(__file__).parent
CONTEXT7 = "@upstash/context7-mcp"


def real() -> dict[str, dict[str, Any]]:
    """Real published documents, by file name."""
    files = sorted((HERE / "documents").glob("*.json"))
    return {file.stem: json.loads(file.read_bytes()) for file in files}


def published() -> Iterator[dict[str, Any]]:
    """Every document of this repository's own servers/."""
    for file in sorted((HERE.parents[1] / "servers").glob("*/*/*.json")):
        if file.name != "upstream.json":
            yield json.loads(file.read_bytes())


def context7(*, description: str = "Up-to-date docs") -> dict[str, Any]:
    """The server of the vendors' examples: one npm package with -y, one remote."""
    package = {
        "registryType": "npm",
        "identifier": CONTEXT7,
        "version": "1.0.31",
        "transport": {"type": "stdio"},
        "runtimeArguments": [{"type": "positional", "value": "-y"}],
    }
    return {
        "name": "context7",
        "title": "Context7",
        "description": description,
        "packages": [package],
        "remotes": [{"type": "streamable-http", "url": "https://mcp.context7.com/mcp"}],
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_words = st.text("abcXYZ019 -_./:{}$%'\"<>&+=\\\n\u202eé", max_size=12)
_names = st.sampled_from(["API_KEY", "--token", "-e", "Authorization", "X-Key", "path", "a b", ""])
_values = st.sampled_from(["Bearer {token}", "{path}:/data", "50%", "${HOME}", "plain"]) | _words
_inputs: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["positional", "named", ""]),
        "name": _names,
        "valueHint": _words,
        "value": _values,
        "default": _words,
        "description": _words,
        "isRequired": st.booleans(),
        "isSecret": st.booleans(),
        "format": st.sampled_from(["string", "boolean", "filepath"]),
        "choices": st.lists(_words, max_size=2),
        "variables": st.dictionaries(
            st.sampled_from(["token", "path"]),
            st.fixed_dictionaries({}, optional={"isSecret": st.booleans(), "default": _words}),
        ),
    },
)
_transports = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["stdio", "streamable-http", "sse", "http"]),
        "url": st.sampled_from(
            ["https://example.com/mcp", "http://{host}:{port}/sse", "javascript:alert(1)", "x"]
        ),
        "headers": st.lists(_inputs, max_size=2),
    },
)
_packages = st.fixed_dictionaries(
    {
        "registryType": st.sampled_from(["npm", "pypi", "oci", "nuget", "cargo", "mcpb", "deb"]),
        "identifier": st.sampled_from(
            ["@acme/weather", "weather", "ghcr.io/acme/weather:1", "https://example.com/a.mcpb"]
        )
        | _words,
    },
    optional={
        "version": st.sampled_from(["1.2.3", "latest", "-rf"]),
        "registryBaseUrl": st.sampled_from(["https://pypi.org", "https://npm.example.com", "x"]),
        "transport": _transports,
        "runtimeArguments": st.lists(_inputs, max_size=3),
        "packageArguments": st.lists(_inputs, max_size=3),
        "environmentVariables": st.lists(_inputs, max_size=3),
    },
)
plausible: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"title": _words, "description": _words},
    optional={
        "packages": st.lists(_packages, max_size=2),
        "remotes": st.lists(_transports, max_size=2),
        "websiteUrl": _words,
        "repository": st.fixed_dictionaries({}, optional={"url": _words, "subfolder": _words}),
    },
)
_keys = st.sampled_from(
    ["packages", "remotes", "title", "transport", "headers", "variables", "name", "value", "type"]
)
odd: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    _keys, json_values | st.lists(st.dictionaries(_keys, json_values)), max_size=6
)
"""JSON objects with the right keys and any values."""
