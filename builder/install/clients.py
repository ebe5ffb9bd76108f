"""The clients: one record each, all that differs between them as data.

Each record names where its formats are documented. "(run)" means that the command was run with the
real program and the file it wrote was compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.install import command, link
from builder.install.command import CommandForm, MakeCommand
from builder.install.entry import Dialect
from builder.install.file import CODEX, GOOSE, MCP_SERVERS, SERVERS, FileForm
from builder.install.link import LinkForm, MakeLink
from builder.install.plan import HTTP, SSE, STDIO, TYPES, Reading
from builder.install.shape import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client: how it names things, and its forms. `notes` are shown by transport."""

    id: str
    title: str
    sources: tuple[str, ...]
    dialect: Dialect = field(default_factory=Dialect)
    links: tuple[MakeLink, ...] = ()
    readme: MakeLink | None = None
    command: MakeCommand | None = None
    file: FileForm | None = None
    places: tuple[Place, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def _places(**paths: str) -> tuple[Place, ...]:
    names = {"mac": "macOS", "linux": "Linux", "windows": "Windows", "project": "Project"}
    names |= {"unix": "macOS, Linux", "home": "All systems"}
    return tuple(Place(system=names[system], path=path) for system, path in paths.items())


_VS_CODE = Dialect(types=TYPES, reading=Reading.PROMPTED, full_name=True)

CLIENTS: tuple[Client, ...] = (
    Client(
        id="vs-code",
        title="VS Code",
        sources=(
            "https://code.visualstudio.com/docs/copilot/guides/mcp-developer-guide",
            "https://code.visualstudio.com/docs/copilot/reference/mcp-configuration",
        ),
        dialect=_VS_CODE,
        links=(
            LinkForm(
                label="Install in VS Code",
                template="vscode:mcp/install?{named}",
                decoded_twice=True,
            ),
            LinkForm(
                label="Install in VS Code Insiders",
                template="vscode-insiders:mcp/install?{named}",
                decoded_twice=True,
            ),
        ),
        readme=LinkForm(
            label="Install in VS Code",
            template="https://vscode.dev/redirect/mcp/install?name={name}&config={config}{inputs}",
            decoded_twice=True,
        ),
        command=CommandForm(local="code --add-mcp {named}", remote="code --add-mcp {named}"),
        file=SERVERS,
        places=_places(
            project=".vscode/mcp.json",
            mac="~/Library/Application Support/Code/User/mcp.json",
            linux="~/.config/Code/User/mcp.json",
            windows="%APPDATA%\\Code\\User\\mcp.json",
        ),
    ),
    Client(
        id="visual-studio",
        title="Visual Studio",
        sources=("https://learn.microsoft.com/visualstudio/ide/mcp-servers",),
        dialect=_VS_CODE,
        links=(
            LinkForm(
                label="Install in Visual Studio",
                template="https://vs-open.link/mcp-install?{named}",
                decoded_twice=True,
            ),
        ),
        file=SERVERS,
        places=_places(windows="%USERPROFILE%\\.mcp.json", project="<solution>\\.mcp.json"),
    ),
    Client(
        id="cursor",
        title="Cursor",
        sources=("https://cursor.com/docs/mcp/install-links", "https://cursor.com/docs/mcp"),
        dialect=Dialect(secret="${{env:{name}}}"),
        links=(
            LinkForm(
                label="Add to Cursor",
                template="cursor://anysphere.cursor-deeplink/mcp/install?name={name}&config={base64}",
            ),
        ),
        readme=LinkForm(
            label="Add to Cursor",
            template="https://cursor.com/en/install-mcp?name={name}&config={base64}",
        ),
        file=MCP_SERVERS,
        places=_places(home="~/.cursor/mcp.json", project=".cursor/mcp.json"),
    ),
    Client(
        id="claude-code",
        title="Claude Code",
        # Options that take several values swallow what follows, so --env stands before
        # --transport, and --header at the end (run with 2.1.197).
        sources=("https://code.claude.com/docs/en/mcp",),
        dialect=Dialect(types=TYPES, secret="${{{name}}}"),
        command=CommandForm(
            local="claude mcp add {--env} --transport stdio {name} -- {command} {args}",
            remote="claude mcp add --transport {type} {name} {url} {--header}",
        ),
        file=MCP_SERVERS,
        places=_places(project=".mcp.json", home="~/.claude.json"),
    ),
    Client(
        id="claude-desktop",
        title="Claude Desktop",
        sources=("https://modelcontextprotocol.io/docs/develop/connect-local-servers",),
        dialect=Dialect(urls={}),
        links=(link.claude_connector,),
        file=MCP_SERVERS,
        places=_places(
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
        places=_places(home="~/.codex/config.toml"),
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
        places=_places(home="~/.gemini/settings.json", project=".gemini/settings.json"),
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
        places=_places(unix="~/.lmstudio/mcp.json", windows="%USERPROFILE%\\.lmstudio\\mcp.json"),
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
        places=_places(
            unix="~/.config/goose/config.yaml",
            windows="%APPDATA%\\Block\\goose\\config\\config.yaml",
        ),
    ),
    Client(
        id="kiro",
        title="Kiro",
        sources=("https://kiro.dev/docs/mcp/share", "https://kiro.dev/docs/mcp/configuration"),
        dialect=Dialect(secret="${{{name}}}"),
        links=(
            LinkForm(
                label="Add to Kiro",
                template="https://kiro.dev/launch/mcp/add?name={name}&config={config}",
            ),
        ),
        file=MCP_SERVERS,
        places=_places(home="~/.kiro/settings/mcp.json", project=".kiro/settings/mcp.json"),
    ),
    Client(
        id="windsurf",
        title="Windsurf",
        sources=("https://docs.windsurf.com/windsurf/cascade/mcp",),
        dialect=Dialect(urls={HTTP: "serverUrl", SSE: "serverUrl"}, secret="${{env:{name}}}"),
        file=MCP_SERVERS,
        places=_places(
            unix="~/.codeium/windsurf/mcp_config.json",
            windows="%USERPROFILE%\\.codeium\\windsurf\\mcp_config.json",
        ),
    ),
    Client(
        id="copilot-cli",
        title="Copilot CLI",
        sources=(
            "https://docs.github.com/copilot/how-tos/copilot-cli/customize-copilot/add-mcp-servers",
        ),  # (run)
        dialect=Dialect(
            types={STDIO: "local", **TYPES}, secret="${{{name}}}", extra={"tools": ["*"]}
        ),
        command=CommandForm(
            local="copilot mcp add {--env} {name} -- {command} {args}",
            remote="copilot mcp add --transport {type} {--header} {name} {url}",
        ),
        file=MCP_SERVERS,
        places=_places(home="~/.copilot/mcp-config.json"),
    ),
    Client(
        id="json",
        title="Any other client",
        sources=("https://modelcontextprotocol.io/docs/develop/connect-local-servers",),
        dialect=Dialect(types=TYPES),
        file=MCP_SERVERS,
    ),
)
