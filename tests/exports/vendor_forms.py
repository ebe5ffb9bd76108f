"""The forms that the readers of exports document, as JSON Schemas: what they need, in the words of their pages."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string", "minLength": 1}
_WORDS = {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[^$]*$"}}


def _object(required: dict[str, Any], other: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (other or {}),
        "additionalProperties": False,
    }


_SERVER_ENTRY = {
    "oneOf": [
        _object({"serverName": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}}),
        _object({"serverCommand": _WORDS}),
        _object({"serverUrl": {"type": "string", "pattern": "^https?://[^$]+$"}}),
    ]
}
_LISTS = {name: {"type": "array", "items": _SERVER_ENTRY} for name in ("allowedMcpServers", "deniedMcpServers")}  # fmt: skip
CLAUDE_CODE = _object(_LISTS, {"allowManagedMcpServersOnly": {"type": "boolean"}})
"""https://code.claude.com/docs/en/managed-mcp: each entry has exactly one of its three keys."""
COPILOT = _object(_LISTS)
"""https://docs.github.com/en/copilot/reference/enterprise-administrators/mcp-private-registry-enforcement"""

_TRANSPORT = _object({"type": {"const": "stdio"}})
_PACKAGE = {
    "type": "object",
    "required": ["registryType", "identifier", "transport"],
    "properties": {
        "registryType": {"enum": ["npm", "pypi", "oci"]},
        "identifier": _TEXT,
        "version": {"type": "string", "pattern": "^[^*^~<>= ]+$", "not": {"const": "latest"}},
        "transport": _TRANSPORT,
    },
}
_REMOTE = {
    "type": "object",
    "required": ["type", "url"],
    "properties": {
        "type": {"enum": ["streamable-http", "sse"]},
        "url": {"type": "string", "pattern": "^https?://[^{}]+$"},
    },
}
_KIRO_SERVER = {
    **_object(
        {"name": _TEXT, "description": _TEXT, "version": _TEXT},
        {
            "title": _TEXT,
            "packages": {"type": "array", "minItems": 1, "maxItems": 1, "items": _PACKAGE},
            "remotes": {"type": "array", "minItems": 1, "maxItems": 1, "items": _REMOTE},
        },
    ),
    "oneOf": [{"required": ["packages"]}, {"required": ["remotes"]}],
}
KIRO = _object({"servers": {"type": "array", "items": _object({"server": _KIRO_SERVER})}})
"""https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/mcp-governance.html, a part of the official form."""

TOOLHIVE = _object(
    {
        "$schema": _TEXT,
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "meta": _object({"last_updated": {"type": "string", "format": "date-time"}}),
        "data": _object({"servers": {"type": "array", "items": {"type": "object"}}}),
    }
)
"""https://github.com/stacklok/toolhive-core, registry/types/data/upstream-registry.schema.json: each server is one
by the official schema of 2025-12-11, which the test asks as well."""

_DOCKER_ENTRY = {
    "type": "object",
    "required": ["title", "description", "type"],
    "properties": {
        "type": {"enum": ["server", "remote"]},
        "command": {"type": "array", "items": {"type": "string"}},
        "secrets": {"type": "array", "items": _object({"name": _TEXT, "env": _TEXT})},
        "env": {"type": "array", "items": _object({"name": _TEXT, "value": _TEXT})},
        "remote": _object({"url": _TEXT, "transport_type": {"enum": ["streamable-http", "sse"]}}),
    },
    "oneOf": [{"required": ["image"]}, {"required": ["remote"]}],
}
DOCKER = _object(
    {
        "version": {"const": 3},
        "name": {"type": "string", "pattern": "^[a-z0-9-]+$"},
        "displayName": _TEXT,
        "registry": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]*$"},
            "additionalProperties": _DOCKER_ENTRY,
        },
    }
)
"""https://github.com/docker/mcp-gateway/blob/main/docs/catalog.md"""

CLINE = _object(
    {"version": {"const": "v1"}},
    {
        "mcpMarketplaceEnabled": {"type": "boolean"},
        "blockPersonalRemoteMCPServers": {"type": "boolean"},
        "allowedMCPServers": {"type": "array", "items": _object({"id": _TEXT})},
        "remoteMCPServers": {"type": "array", "items": _object({"name": _TEXT, "url": _TEXT})},
    },
)
"""https://docs.cline.bot/enterprise-solutions/configuration"""

VS_CODE = _object(
    {
        "ChatMCP": {"enum": ["all", "registry", "none"]},
        "McpGalleryServiceUrl": {"type": "string", "pattern": "^https://[^?#]+[^/]$"},
    }
)
"""https://code.visualstudio.com/docs/enterprise/policies"""

FORMS = {
    "claude-code/managed-settings.json": CLAUDE_CODE,
    "copilot/managed-settings.json": COPILOT,
    "vs-code/policy.json": VS_CODE,
    "kiro/registry.json": KIRO,
    "docker/catalog.yaml": DOCKER,
    "toolhive/registry.json": TOOLHIVE,
    "cline/remote-config.json": CLINE,
}
