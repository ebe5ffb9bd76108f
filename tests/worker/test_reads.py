"""The worker's own tests, in Node: how many files it reads at 300,000 servers."""

from __future__ import annotations

import subprocess
from pathlib import Path


def test_in_node() -> None:
    script = Path(__file__).with_name("reads.test.js")
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "\n# pass 0\n" not in done.stdout
