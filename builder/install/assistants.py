"""Clients that are assistants, in a window or a terminal: one record each, see clients.py."""

from __future__ import annotations

from builder.install import command, link
from builder.install.client import Client, places
from builder.install.command import CommandForm
from builder.install.entry import Dialect
from builder.install.file import (
    CODEX,
    GOOSE,
    MCP_SERVERS,
    OPENCODE,
)
from builder.install.link import LinkForm
from builder.install.plan import HTTP, SSE, STDIO, TYPES

ASSISTANTS: tuple[Client, ...] = (
    Client(
        id="claude-code",
        title="Claude Code",
        # Options that take several values swallow what follows, so --env stands before
        # --transport, and --header at the end (run with 2.1.197).
        sources=("https://code.claude.com/docs/en/mcp",),
        wraps=True,
        dialect=Dialect(types=TYPES, secret="${{{name}}}"),
        command=CommandForm(
            local="claude mcp add {--env} --transport stdio {name} -- {command} {args}",
            remote="claude mcp add --transport {type} {name} {url} {--header}",
        ),
        file=MCP_SERVERS,
        places=places(project=".mcp.json", home="~/.claude.json"),
    ),
    Client(
        id="claude-desktop",
        title="Claude Desktop",
        sources=("https://modelcontextprotocol.io/docs/develop/connect-local-servers",),
        dialect=Dialect(urls={}),
        wraps=True,
        links=(link.claude_connector,),
        file=MCP_SERVERS,
        places=places(
            mac="~/Library/Application Support/Claude/claude_desktop_config.json",
            windows="%APPDATA%\\Claude\\claude_desktop_config.json",
        ),
        notes={
            HTTP: "Or by hand: Settings, Connectors, Add custom connector.",
            SSE: "Or by hand: Settings, Connectors, Add custom connector.",
        },
    ),
    Client(
        id="codex",
        title="Codex",
        sources=("https://developers.openai.com/codex/mcp",),  # (run)
        dialect=Dialect(urls={HTTP: "url"}),
        command=command.codex,
        file=CODEX,
        places=places(home="~/.codex/config.toml"),
        notes={HTTP: "If the server asks you to sign in, run codex mcp login with the same name."},
    ),
    Client(
        id="gemini-cli",
        title="Gemini CLI",
        # -- keeps the server's own options from being read as Gemini's (run).
        sources=("https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md",),
        dialect=Dialect(urls={HTTP: "httpUrl", SSE: "url"}, secret="${{{name}}}"),
        command=CommandForm(
            local="gemini mcp add -s user {-e} {name} {command} -- {args}",
            remote="gemini mcp add -s user --transport {type} {name} {url} {-H}",
        ),
        file=MCP_SERVERS,
        places=places(home="~/.gemini/settings.json", project=".gemini/settings.json"),
    ),
    Client(
        id="lm-studio",
        title="LM Studio",
        sources=("https://lmstudio.ai/docs/app/mcp/deeplink",),
        links=(
            LinkForm(
                label="Add to LM Studio",
                template="lmstudio://add_mcp?name={name}&config={base64}",
            ),
        ),
        readme=LinkForm(
            label="Add to LM Studio",
            template="https://lmstudio.ai/install-mcp?name={name}&config={base64}",
        ),
        file=MCP_SERVERS,
        places=places(unix="~/.lmstudio/mcp.json", windows="%USERPROFILE%\\.lmstudio\\mcp.json"),
        notes={STDIO: "Needs LM Studio 0.3.17 or later.", HTTP: "Needs LM Studio 0.3.17 or later."},
    ),
    Client(
        id="goose",
        title="Goose",
        sources=(
            "https://block.github.io/goose/docs/getting-started/using-extensions",
            "https://block.github.io/goose/docs/guides/config-files",
        ),
        links=(link.goose,),
        command=command.goose,
        file=GOOSE,
        places=places(
            unix="~/.config/goose/config.yaml",
            windows="%APPDATA%\\Block\\goose\\config\\config.yaml",
        ),
    ),
    Client(
        id="copilot-cli",
        title="Copilot CLI",
        sources=(
            "https://docs.github.com/copilot/how-tos/copilot-cli/customize-copilot/add-mcp-servers",
            "https://docs.github.com/copilot/reference/mcp-allowlist-enforcement",
        ),  # (run). Its policy compares the name, the package, and a remote's address and headers.
        dialect=Dialect(
            types={STDIO: "local", **TYPES},
            secret="${{{name}}}",
            full_name=True,
            all_headers=True,
            extra={"tools": ["*"]},
        ),
        command=CommandForm(
            local="copilot mcp add {--env} {name} -- {command} {args}",
            remote="copilot mcp add --transport {type} {--header} {name} {url}",
        ),
        file=MCP_SERVERS,
        places=places(home="~/.copilot/mcp-config.json"),
    ),
    Client(
        id="opencode",
        title="OpenCode",
        sources=("https://opencode.ai/docs/mcp-servers",),
        dialect=Dialect(
            types={STDIO: "local", HTTP: "remote", SSE: "remote"},
            secret="{{env:{name}}}",
            joined=True,
            env="environment",
            extra={"enabled": True},
        ),
        file=OPENCODE,
        places=places(home="~/.config/opencode/opencode.json", project="opencode.json"),
    ),
    Client(
        id="cherry-studio",
        title="Cherry Studio",
        # The handler of the link: src/main/services/urlschema/mcp-install.ts of the program.
        sources=("https://docs.cherry-ai.com/advanced-basic/mcp/config",),
        dialect=Dialect(
            types={STDIO: "stdio", HTTP: "streamableHttp", SSE: "sse"},
            urls={HTTP: "baseUrl", SSE: "baseUrl"},
        ),
        links=(
            LinkForm(
                label="Add to Cherry Studio",
                template="cherrystudio://mcp/install?servers={servers}",
            ),
        ),
        file=MCP_SERVERS,
        notes=dict.fromkeys(
            (STDIO, HTTP, SSE), "Or by hand: Settings, MCP, Add, Import from JSON."
        ),
    ),
    Client(
        id="json",
        title="Any other client",
        sources=("https://modelcontextprotocol.io/docs/develop/connect-local-servers",),
        dialect=Dialect(types=TYPES),
        file=MCP_SERVERS,
    ),
)
