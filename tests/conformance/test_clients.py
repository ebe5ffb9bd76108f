"""Real clients of the API: each lists to the end, searches, gets one server and misses another."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from builder.hosts.table import Tier
from tests.conformance import site
from tests.conformance.conftest import GiveBuilt, GiveHost
from tests.conformance.running import ROOT
from tests.conformance.test_promises import TIERS
from tests.patience import PATIENCE

PYTHON = str(ROOT / ".venv-clients/bin/python")
FOLDER = Path(__file__).with_name("clients")
CLIENTS = {
    "apm": [PYTHON, str(FOLDER / "apm.py")],
    "mcp-registry-cli": [PYTHON, str(FOLDER / "registry_cli.py")],
    "copilot": ["node", str(FOLDER / "copilot.mjs")],
}
HOSTS = ["serve", "serve --plain", "nginx", "worker"]
WORD = "odd.name"


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", HOSTS)
def test_list_page_search_and_get(
    name: str, client: str, host: GiveHost, built: GiveBuilt, tmp_path: Path
) -> None:
    done = subprocess.run(
        [*CLIENTS[client], host(name), WORD, site.ODD],
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "MCP_REGISTRY_ALLOW_HTTP": "1",
            "APM_NO_CACHE": "1",
        },
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    answer = json.loads(done.stdout)
    servers = {version.name for version in built("").catalogue.latest}
    assert set(answer["listed"]) == servers
    if client == "copilot" or TIERS[name] is not Tier.EDGE:  # they ask for the latest, or get it
        assert max(Counter(answer["listed"]).values()) == 1
    assert site.ODD in answer["found"]
    if TIERS[name] is Tier.EDGE or client == "mcp-registry-cli":  # which filters by itself
        assert set(answer["found"]) == {site.ODD}
    assert (answer["got"], answer["missing"]) == (site.ODD, True)
