"""A company's registry, made with the commands alone: its repository, its upstreams, its served site."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from builder import cli
from builder.build import build
from builder.model.server_json import OFFICIAL
from tests.patience import PATIENCE
from tests.registry import CONFIG, Registry, entry, entry_file
from tests.serve.conftest import running

OFFICIAL_URL = "https://registry.modelcontextprotocol.io"
PARTNER = "com.partner/tools"
INTERNAL = "acme.internal/weather"
GITHUB, MALICIOUS, OTHER = "io.github.github/server", "com.evil/coins", "com.other/notes"


def official_item(name: str, version: str = "1.0.0", **fields: Any) -> dict[str, Any]:
    """One version as the official registry lists it."""
    block = {
        "status": "active",
        "publishedAt": "2025-01-01T00:00:00Z",
        "updatedAt": "2025-01-01T00:00:00Z",
        "isLatest": True,
    }
    return {"server": entry(name, version, **fields), "_meta": {OFFICIAL: block}}


def settings(partner: str) -> str:
    """The company's registry.yaml."""
    return f"""{CONFIG}upstreams:
  - {{name: partner, url: "{partner}", kind: static, namespaces: [com.partner]}}
  - name: official
    url: {OFFICIAL_URL}
    kind: dump
    file: dumps/official.json
    rules:
      - {{match: {{name: "{OTHER}"}}, do: reject, because: nobody here uses it}}
      - {{match: {{change: any}}, do: review, because: what is new in kind is looked at}}
policy:
  teams: [{{name: platform, members: [{{github: bob, id: 7}}]}}]
  publish:
    package_registries: [https://npm.acme.example, images.acme.example]
    internal: [{{namespace: acme.internal, team: platform}}]
    approvers: [platform]
"""


@dataclass
class Company:
    """The company's registry. What it says on its command line is in `said`."""

    registry: Registry
    capsys: pytest.CaptureFixture[str]
    out: Path
    said: str = ""
    code: int = 0
    url: str = field(default="")

    def run(self, *arguments: str) -> str:
        """Run a command of mcp-registry in the repository; return all that it prints."""
        self.capsys.readouterr()
        self.code = cli.run([*arguments, "--root", str(self.registry.root)])
        printed = self.capsys.readouterr()
        self.said = printed.out + printed.err
        return self.said

    def dump(self, *items: dict[str, Any]) -> None:
        """The next upstream dump comes in."""
        self.registry.commit({"dumps/official.json": json.dumps({"servers": list(items)})})

    def propose(self, files: dict[str, Any], account: str) -> dict[str, Any]:
        """Propose a change from a branch, as an account; return the report."""
        self.registry.git("checkout", "--quiet", "-B", "change", "main")
        self.registry.commit(files)
        self.registry.git("checkout", "--quiet", "main")
        self.capsys.readouterr()
        given = ("--base", "main", "--head", "change", "--as", account, "--format", "json")
        self.code = cli.run(["check", *given, "--root", str(self.registry.root)])
        report: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return report

    def merge(self) -> None:
        """Merge what was proposed last."""
        self.registry.time += 60
        self.registry.git("merge", "--quiet", "--no-ff", "-m", "Merge", "change")

    @contextmanager
    def served(self) -> Iterator[httpx.Client]:
        """Build the site of the main branch, and serve it."""
        build.build(self.registry.repository, "HEAD", self.out, 1)
        with (
            running(self.out, plain=False) as url,
            httpx.Client(base_url=url, timeout=PATIENCE) as client,
        ):
            yield client


def listed(client: httpx.Client) -> dict[str, str]:
    """The latest versions that a client sees, by server."""
    items = client.get("/v0.1/servers?limit=100&version=latest").json()["servers"]
    return {item["server"]["name"]: item["server"]["version"] for item in items}


@contextmanager
def partner_registry(folder: Path) -> Iterator[tuple[Registry, str, Path]]:
    """The registry of a partner, made with this builder and served as plain files."""
    registry, out = Registry(folder / "partner"), folder / "partner-public"
    registry.commit(entry_file(PARTNER))
    registry.commit(entry_file(GITHUB, description="Not GitHub's."))
    build.build(registry.repository, "HEAD", out, 1)
    with running(out, plain=True) as url:
        yield registry, url, out
