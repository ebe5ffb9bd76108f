"""`serve --site`: a folder that was built, in either form, without a repository beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from builder import cli
from builder.build.build import build
from builder.model.config import Form
from tests.patience import PATIENCE
from tests.registry import CONFIG, Registry, entry_file


@pytest.mark.parametrize("form", ["files", "packed"])
def test_a_built_folder_is_served_as_it_is(registry: Registry, tmp_path: Path, form: Form) -> None:
    at = CONFIG.replace("https://registry.example.com", "https://registry.example.com/mcp/reg")
    registry.commit({**entry_file(), "registry.yaml": at})
    build(registry.repository, "HEAD", tmp_path / "site", 1, form=form)
    command = [sys.executable, "-m", "builder", "serve", "--site", str(tmp_path / "site")]
    with subprocess.Popen(
        [*command, "--port", "0"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr
        url = server.stderr.readline().split(" on ")[1].strip()
        try:
            listed = httpx.get(
                f"{url}/v0.1/servers?limit=1", trust_env=False, timeout=PATIENCE
            ).json()
            assert listed["metadata"]["count"] == 1
            assert httpx.get(f"{url}/", trust_env=False, timeout=PATIENCE).status_code == 200
            missing = httpx.get(f"{url}/no/such/page/", trust_env=False, timeout=PATIENCE)
            style = missing.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
            assert style.startswith("/mcp/reg/assets/")
            styled = httpx.get(f"{url}{style}", trust_env=False, timeout=PATIENCE)
            assert styled.status_code == 200
        finally:
            server.terminate()


def test_a_folder_that_is_no_site_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["serve", "--site", str(tmp_path), "--port", "0"]) == 2
    assert "is not a built site" in capsys.readouterr().err
