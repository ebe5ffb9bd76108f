"""What a publisher is told of an entry."""

from __future__ import annotations

import json
from typing import Any

from builder.check.engine import check_document
from builder.model.layout import entry_path
from builder.rules.engine.private import Private
from builder.rules.packages import package
from tests.registry import entry

PACKAGE = "/packages/0"
# The panels' own rule has its own tests.
OTHERS = {"not-startable"}


def told(data: bytes, **private: Any) -> list[tuple[str, str, str, str]]:
    """Severity, rule, pointer, and the fact with its help, of each finding."""
    try:
        content = json.loads(data)
        path = entry_path(content["name"], content["version"])
    except (ValueError, KeyError, TypeError):
        path = "servers/io.github.alice/weather/1.1.0.json"
    return [
        (f.severity.value, f.rule, f.pointer, f"{f.message}: {f.help}")
        for f in check_document(data, path, private=Private(**private))
        if f.rule not in OTHERS
    ]


def of(**changed: Any) -> list[tuple[str, str, str, str]]:
    return told(json.dumps(entry(**changed)).encode())


def variable(**fields: Any) -> dict[str, Any]:
    return package(environmentVariables=[fields])
