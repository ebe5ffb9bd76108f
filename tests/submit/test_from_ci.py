"""`mcp-registry publish` in a run of CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml

from tests.submit.publishing import Api


class TestFromCi:
    """The action and the component call the command as it is: their own scripts are run."""

    def test_both_publish_the_file_they_are_given(self, file: Path, api: Api) -> None:
        root = Path(__file__).parents[2]
        action = yaml.safe_load((root / "publish/action.yml").read_text())
        _, component = yaml.safe_load_all((root / "templates/publish.yml").read_text())
        job = component["publish-mcp-server"]
        assert "MCP_REGISTRY_ID_TOKEN" in job["id_tokens"]
        publishes = (
            action["runs"]["steps"][-1]["run"],
            next(line for line in job["script"] if "mcp-registry publish" in line),
        )
        for script in publishes:
            given = {
                "FILE": str(file),
                "REGISTRY": api[1].url,
                "REPOSITORY": "",
                "GITHUB_TOKEN": "",
            }
            variables = {**os.environ, **given, "MCP_REGISTRY_ID_TOKEN": "eyJ"}
            variables["PATH"] = f"{Path(sys.executable).parent}:{variables['PATH']}"
            subprocess.run(["bash", "-euc", script], env=variables, check=True)
        assert api[0].published == [file.read_bytes()] * 2
