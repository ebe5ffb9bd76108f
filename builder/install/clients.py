"""The clients: one record each, all that differs between them as data.

Each record names where its formats are documented. "(run)" means that the command was run with the
real program and the file it wrote was compared.
"""

from __future__ import annotations

from builder.install.assistants import ASSISTANTS
from builder.install.client import Client
from builder.install.editors import EDITORS

_ORDER = (
    "vs-code",
    "visual-studio",
    "cursor",
    "claude-code",
    "claude-desktop",
    "codex",
    "gemini-cli",
    "copilot-cli",
    "lm-studio",
    "goose",
    "kiro",
    "windsurf",
    "zed",
    "opencode",
    "continue",
    "cherry-studio",
    "json",
)
"""As the tabs stand on a page: what most people look for first, the general form last."""
_BY_ID = {client.id: client for client in (*EDITORS, *ASSISTANTS)}

CLIENTS: tuple[Client, ...] = tuple(_BY_ID[id] for id in _ORDER)
