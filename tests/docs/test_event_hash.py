"""The examples of the page Sync: the hash of an event, in the languages that it shows."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builder.build import build
from builder.pages.sync import changes
from tests.docs.blocks import DOCS
from tests.registry import Registry, entry_file

PROVIDED = "io.modelcontextprotocol.registry/publisher-provided"
# What another language writes otherwise than it stood: numbers, the order of keys, escapes.
ODD = {
    "x": 1.0,
    "10": 1,
    "9": 2,
    "big": 2**60 + 1,
    "text": 'a "quoted" {brace} \\ ☂ \u2028',
    "e": 1e21,
}


def example(language: str) -> str:
    page = (DOCS / "consume/sync.md").read_text()
    match = re.search(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert match
    return match[1]


@pytest.mark.parametrize(("language", "program", "file"), [("python", sys.executable, "hash.py"), ("js", "node", "hash.mjs")])  # fmt: skip
def test_example(
    language: str, program: str, file: str, registry: Registry, tmp_path: Path
) -> None:
    registry.commit(entry_file(_meta={PROVIDED: ODD}))
    registry.commit(entry_file(version="1.1.0", description='Says "}{" and \\.'))
    registry.commit({"servers/com.example/weather/status.yaml": '"1.0.0": {status: deprecated}\n'})
    out = tmp_path / "public"
    build.build(registry.repository, "HEAD", out, 1)
    (tmp_path / file).write_text(example(language))
    found = shutil.which(program)
    assert found
    folder = next(out.glob("v0.1/x/*"))
    shard = folder / "changes/recent.json"
    printed = subprocess.check_output([found, str(tmp_path / file), str(shard)], text=True)
    key = json.loads((folder / "head.json").read_bytes())["change"]
    events = registry.load().catalogue.events
    hashes = [
        hashlib.sha256(changes.item(event, key.removesuffix("/change"))).hexdigest()
        for event in events
    ]
    lines = [f"{event.sequence} {digest}" for event, digest in zip(events, hashes, strict=True)]
    assert printed.splitlines() == lines
    assert json.loads((folder / "head.json").read_bytes())["event"] == hashes[-1]
