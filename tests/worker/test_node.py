"""The worker's own tests, in Node: how many files it reads at 300,000 servers, and an issuer's keys over a day."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from builder.model.config import parse
from builder.pages import host_files
from tests.registry import CONFIG


def test_in_node(tmp_path: Path) -> None:
    scripts = sorted(Path(__file__).parent.glob("*.test.js"))
    config = parse(CONFIG.replace("com.example.registry", "com.example").encode())
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(host_files.worker_settings(config)))
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", *scripts],
        env={**os.environ, "SETTINGS": str(settings)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "\n# pass 0\n" not in done.stdout
