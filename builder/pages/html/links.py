"""Where a server's page leads: into this registry's API and into its repository."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from builder.model.config import Config
from builder.pages.address import in_query, url
from builder.pages.html.text import clean

_GITHUB = "github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses, "" for what this registry does not have.

    `json` is the document relative to the site's root, `api` the same as an absolute address in
    the spelling of the official API (the name's slash as %2F). `vscode` opens the document in
    VS Code. `source`, `publish`, `report` and `proof` lead into the repository.
    """

    json: str
    api: str
    vscode: str
    versions: str
    source: str
    publish: str
    report: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """What the links of all versions of a server begin with, and those that are the same."""

    path: str
    api: str
    vscode: str
    source: str
    publish: str
    report: str
    proof: str


def links(name: str, version: str, config: Config) -> Links:
    """Make the links of a version of a server; `version` may be "latest"."""
    server, tail = _server(name, config), quote(version, safe="")
    return Links(
        json=f"{server.path}/{tail}/index.json",
        versions=f"{server.path}/index.json",
        api=f"{server.api}/{tail}",
        vscode=f"{server.vscode}/{tail}" if server.vscode else "",
        source=server.source,
        publish=server.publish,
        report=server.report,
        proof=server.proof,
    )


@lru_cache(maxsize=1)  # 20 of 24 us, and the same for all versions
def _server(name: str, config: Config) -> _Server:
    path = f"v0.1/servers/{url(name)}/versions"
    return _Server(
        path=path,
        api=f"{config.base_url}/v0.1/servers/{quote(name, safe='')}/versions",
        vscode=_vscode(path, config),
        **_repository(name, config),
    )


def _vscode(path: str, config: Config) -> str:
    """VS Code takes `vscode:mcp/<host>/<path>` and fetches it over https (its
    mcpWorkbenchService.handleURL); it decodes the path itself."""
    base = urlsplit(config.base_url)
    return f"vscode:mcp/{base.netloc}{base.path}/{path}" if base.scheme == "https" else ""


def _repository(name: str, config: Config) -> dict[str, str]:
    base = config.repository
    if urlsplit(base).hostname != _GITHUB:
        return {"source": base, "publish": base, "report": base, "proof": base}
    folder = f"{config.branch}/servers/{url(name)}"
    title = f"title=Report%3A+{in_query(clean(name))}"
    return {
        "source": f"{base}/tree/{folder}",
        "publish": f"{base}/new/{folder}",
        "report": f"{base}/issues/new?{title}",
        "proof": f"{base}/commits/{config.branch}/servers/{url(name.partition('/')[0])}/namespace.yaml",
    }
