"""The commands and files that the page on clients shows are those of the install panel."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from builder.install import Recipe, panel

PAGE = Path(__file__).parents[2] / "site" / "docs" / "consume" / "clients.md"
NAME = "io.github.acme/weather"
DOCUMENT: dict[str, Any] = {
    "packages": [
        {
            "registryType": "npm",
            "identifier": "@acme/weather",
            "version": "1.2.3",
            "environmentVariables": [
                {
                    "name": "API_KEY",
                    "description": "API key",
                    "isRequired": True,
                    "isSecret": True,
                }
            ],
        }
    ],
    "remotes": [
        {
            "type": "streamable-http",
            "url": "https://mcp.acme.dev/mcp",
            "headers": [{"name": "Authorization", "value": "Bearer {token}"}],
        }
    ],
}
COMMANDS = ("vs-code", "claude-code", "codex", "gemini-cli", "copilot-cli")


def recipes(client: str) -> list[Recipe]:
    ways = panel(NAME, DOCUMENT).launches
    return [next(recipe for recipe in way.recipes if recipe.client == client) for way in ways]


def test_commands() -> None:
    shown = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    lines = {line for block in shown for line in block.splitlines() if line}
    for client in COMMANDS:
        local, remote = recipes(client)
        expected = [one.command.text for one in (local, remote) if one.command]
        assert expected[0] in lines
        assert client == "vs-code" or client == "codex" or expected[1] in lines
    codex = recipes("codex")[1].command
    assert codex is not None
    assert codex.text in lines


def test_file_of_vs_code() -> None:
    (block,) = re.findall(r'```json\n(\{\n  "inputs".*?)```', PAGE.read_text(), re.DOTALL)
    file = recipes("vs-code")[0].file
    assert file is not None
    assert json.loads(block) == json.loads(file.text)
