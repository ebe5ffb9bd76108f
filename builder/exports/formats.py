"""The formats of exports: one row each, with its files and where an administrator puts them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import yaml

from builder.exports import catalogues, docker, managed_settings, vs_code
from builder.exports.scope import ExportScope, LeftOut
from builder.install import CLIENTS, Client


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """One file of a format: its name, what makes its content, and whether that tells the time."""

    name: str
    make: Callable[[ExportScope], bytes]
    is_dated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """A format: its files, the steps to put them in place, and where the vendor describes it.

    `clients` are those whose commands a list holds, none where no command is compared. `left_out`
    is what of a scope the files cannot hold; None where they hold no servers. One that
    `needs_gallery` points its client at a registry of its own.
    """

    title: str
    files: tuple[ExportFile, ...]
    steps: tuple[str, ...]
    source: str
    clients: tuple[Client, ...] = ()
    left_out: Callable[[ExportScope], Iterable[LeftOut]] | None = None
    needs_gallery: bool = False


def _json(make: Callable[[ExportScope], Mapping[str, Any]]) -> Callable[[ExportScope], bytes]:
    return lambda scope: (
        json.dumps(make(scope), indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    )


_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _yaml(make: Callable[[ExportScope], Mapping[str, Any]]) -> Callable[[ExportScope], bytes]:
    # Half of a surrogate pair, which no UTF-8 has, is a question mark in both.
    as_json = _json(make)
    return lambda scope: yaml.dump(
        json.loads(as_json(scope)), Dumper=_Dumper, sort_keys=False, allow_unicode=True
    ).encode()


def _clients(*ids: str) -> tuple[Client, ...]:
    return tuple(client for client in CLIENTS if client.id in ids)


_CLAUDE = _clients("claude-code")
_COPILOT = _clients("vs-code", "visual-studio", "copilot-cli")

FORMATS: Mapping[str, ExportFormat] = {
    "claude-code": ExportFormat(
        title="Claude Code",
        files=(
            ExportFile(
                name="managed-settings.json",
                make=_json(lambda scope: managed_settings.claude_code(scope, _CLAUDE)),
            ),
        ),
        steps=(
            "Put the file at `/etc/claude-code/managed-settings.json` (Linux, WSL), "
            "`/Library/Application Support/ClaudeCode/managed-settings.json` (macOS) or "
            "`C:\\Program Files\\ClaudeCode\\managed-settings.json` (Windows), by your device "
            "management; or enter its content as server-managed settings.",
            "Other keys of a file of yours stay: take over the three keys of this one.",
            "Fetch it again whenever the feed has an entry: commands are compared word by word, "
            "so a new version is blocked until the list has it.",
        ),
        source="https://code.claude.com/docs/en/managed-mcp",
        clients=_CLAUDE,
        left_out=partial(managed_settings.left_out, clients=_CLAUDE),
    ),
    "copilot": ExportFormat(
        title="GitHub Copilot",
        files=(
            ExportFile(
                name="managed-settings.json",
                make=_json(lambda scope: managed_settings.copilot(scope, _COPILOT)),
            ),
        ),
        steps=(
            "Put the file into your enterprise's `.github-private` repository as GitHub describes, or "
            "install it on machines by your device management.",
            "Set the policy Restrict MCP access to registry servers to Allow all, so that two "
            "lists do not contradict each other.",
            "It holds what VS Code, Visual Studio and Copilot CLI start. Fetch it again whenever the feed "
            "has an entry.",
        ),
        source="https://docs.github.com/en/copilot/how-tos/administer-copilot/"
        "manage-mcp-usage/configure-enterprise-allowlist",
        clients=_COPILOT,
        left_out=partial(managed_settings.left_out, clients=_COPILOT),
    ),
    "vs-code": ExportFormat(
        title="VS Code policies",
        files=(
            ExportFile(name="policy.json", make=vs_code.linux),
            ExportFile(name="vscode.mobileconfig", make=vs_code.macos),
            ExportFile(name="vscode.reg", make=vs_code.windows),
        ),
        steps=(
            "Linux: put `policy.json` at `/etc/vscode/policy.json`.",
            "macOS: install `vscode.mobileconfig` by your device management.",
            "Windows: import `vscode.reg`, or set the same two policies with the ADMX files that "
            "come with VS Code.",
            "VS Code then installs from this list alone. It reads it without a login.",
        ),
        source="https://code.visualstudio.com/docs/setup/enterprise",
        needs_gallery=True,
    ),
    "kiro": ExportFormat(
        title="Kiro and Amazon Q Developer",
        files=(ExportFile(name="registry.json", make=_json(catalogues.kiro)),),
        steps=(
            "Open the Kiro console, Settings, and enter the address of this file as the MCP "
            "registry URL. It has to be served over HTTPS with a certificate that your users' "
            "machines trust.",
            "Clients fetch it when they start and every 24 hours. A server that is no longer in it is "
            "ended.",
        ),
        source="https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/mcp-governance.html",
        left_out=catalogues.KIRO.left_out,
    ),
    "docker": ExportFormat(
        title="Docker MCP gateway",
        files=(ExportFile(name="catalog.yaml", make=_yaml(docker.catalogue)),),
        steps=(
            "Run `docker mcp gateway run --catalog catalog.yaml` with this file, or import it "
            "as a catalogue of your own.",
            "It holds servers with an image, and remotes that need no header.",
        ),
        source="https://github.com/docker/mcp-gateway/blob/main/docs/catalog.md",
        left_out=docker.SERVERS.left_out,
    ),
    "toolhive": ExportFormat(
        title="ToolHive",
        files=(ExportFile(name="registry.json", make=_json(catalogues.toolhive), is_dated=True),),
        steps=(
            "Run `thv config set-registry` with the address of this file.",
            "Or point ToolHive at the registry itself, which it follows version by version.",
        ),
        source="https://docs.stacklok.com/toolhive/reference/registry-schema-upstream",
        left_out=catalogues.TOOLHIVE.left_out,
    ),
    "cline": ExportFormat(
        title="Cline",
        files=(ExportFile(name="remote-config.json", make=_json(catalogues.cline)),),
        steps=(
            "Take over these keys into your organization's remote configuration.",
            "Cline knows local servers by the address of their repository on GitHub: those without one "
            "are not in the list.",
        ),
        source="https://docs.cline.bot/enterprise-solutions/configuration/"
        "infrastructure-configuration/control-other-cline-features/mcp-server-controls",
        left_out=catalogues.CLINE.left_out,
    ),
}
"""The formats by their names on the command line and in addresses."""
