"""Clients that are editors: one record each, see clients.py."""

from __future__ import annotations

from builder.install.client import Client, places
from builder.install.command import CommandForm
from builder.install.entry import Dialect
from builder.install.file import (
    CONTINUE,
    MCP_SERVERS,
    SERVERS,
    ZED,
)
from builder.install.link import LinkForm
from builder.install.plan import HTTP, SSE, TYPES, Reading

_VS_CODE = Dialect(types=TYPES, reading=Reading.PROMPTED, full_name=True)

EDITORS: tuple[Client, ...] = (
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
        places=places(
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
        places=places(windows="%USERPROFILE%\\.mcp.json", project="<solution>\\.mcp.json"),
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
        places=places(home="~/.cursor/mcp.json", project=".cursor/mcp.json"),
    ),
    Client(
        id="kiro",
        title="Kiro",
        # A company's registry allows servers by the name that stands in mcp.json.
        sources=(
            "https://kiro.dev/docs/mcp/share",
            "https://kiro.dev/docs/mcp/configuration",
            "https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/mcp-governance.html",
        ),
        dialect=Dialect(secret="${{{name}}}", full_name=True),
        links=(
            LinkForm(
                label="Add to Kiro",
                template="https://kiro.dev/launch/mcp/add?name={name}&config={config}",
            ),
        ),
        file=MCP_SERVERS,
        places=places(home="~/.kiro/settings/mcp.json", project=".kiro/settings/mcp.json"),
    ),
    Client(
        id="windsurf",
        title="Windsurf",
        sources=("https://docs.windsurf.com/windsurf/cascade/mcp",),
        dialect=Dialect(urls={HTTP: "serverUrl", SSE: "serverUrl"}, secret="${{env:{name}}}"),
        file=MCP_SERVERS,
        places=places(
            unix="~/.codeium/windsurf/mcp_config.json",
            windows="%USERPROFILE%\\.codeium\\windsurf\\mcp_config.json",
        ),
    ),
    Client(
        id="zed",
        title="Zed",
        sources=("https://zed.dev/docs/ai/mcp",),
        dialect=Dialect(urls={HTTP: "url"}),
        file=ZED,
        places=places(
            unix="~/.config/zed/settings.json",
            windows="%APPDATA%\\Zed\\settings.json",
            project=".zed/settings.json",
        ),
    ),
    Client(
        id="continue",
        title="Continue",
        sources=("https://docs.continue.dev/customize/deep-dives/mcp",),
        dialect=Dialect(secret="${{{{ secrets.{name} }}}}"),
        file=CONTINUE,
        places=places(
            unix="~/.continue/config.yaml", windows="%USERPROFILE%\\.continue\\config.yaml"
        ),
    ),
)
