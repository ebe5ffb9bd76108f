"""Policies of VS Code that let it read this registry alone, for Linux, macOS and Windows.

https://code.visualstudio.com/docs/setup/enterprise: `ChatMCP` (all, registry, none) and
`McpGalleryServiceUrl`.
"""

from __future__ import annotations

import json
import plistlib
import uuid

from builder.exports.scope import ExportScope

_KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\VSCode"


def policies(scope: ExportScope) -> dict[str, str]:
    """Return the policies by their names."""
    return {"ChatMCP": "registry", "McpGalleryServiceUrl": scope.gallery}


def linux(scope: ExportScope) -> bytes:
    """Return /etc/vscode/policy.json."""
    return json.dumps(policies(scope), indent=2).encode() + b"\n"


def windows(scope: ExportScope) -> bytes:
    """Return a file for regedit, or to be taken over into a group policy."""
    lines = [f'"{name}"="{value}"' for name, value in policies(scope).items()]
    text = "\r\n".join(["Windows Registry Editor Version 5.00", "", f"[{_KEY}]", *lines, ""])
    return text.encode("utf-16")


def macos(scope: ExportScope) -> bytes:
    """Return a configuration profile; its identifiers follow from the address."""
    own = uuid.uuid5(uuid.NAMESPACE_URL, scope.gallery)
    payload = {
        "PayloadType": "com.microsoft.VSCode",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"com.microsoft.VSCode.{own}",
        "PayloadUUID": str(uuid.uuid5(own, "payload")).upper(),
        "PayloadDisplayName": "Visual Studio Code",
        **policies(scope),
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"mcp-registry.{own}",
        "PayloadUUID": str(own).upper(),
        "PayloadDisplayName": f"MCP servers: {scope.title}",
        "PayloadScope": "System",
        "PayloadContent": [payload],
    }
    return plistlib.dumps(profile, sort_keys=False)
