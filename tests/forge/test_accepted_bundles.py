"""What a merge makes of the bundles that proved it: a fact in their place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.model.sidecars import read_facts
from tests.forge.hubs import ALICE, MALLORY, hub
from tests.ownership.sigstore import Wish, github_texts, make
from tests.registry import CONFIG, entry

SERVER = "servers/io.github.alice/weather"
REMOTE = {"type": "streamable-http", "url": "https://alice.example.net/mcp"}
ENTRY = (json.dumps(entry("io.github.alice/weather", remotes=[REMOTE]), indent=2) + "\n").encode()


def test_a_stranger_brings_what_a_run_signed_and_the_bundle_does_not_land(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(Wish(ENTRY, github_texts()))
    with hub("github", tmp_path) as forge:
        for name, value in forge.variables.items():
            monkeypatch.setenv(name, value)
        forge.git.commit(
            {
                "registry.yaml": f"{CONFIG}policy: {{sigstore_root: root.json}}\n",
                "root.json": made.root,
                f"{SERVER}/facts.yaml": "repository: {asked: '2026-11-01', source: x}\n",
            }
        )
        files = {
            f"{SERVER}/1.0.0.json": ENTRY,
            f"{SERVER}/1.0.0.json.sigstore": made.bundles[0],
            **forge.owned(ALICE),
        }
        number = forge.open(forge.propose(files), MALLORY, MALLORY, group=False)
        assert forge.run("gate", number, "--merge") == 0
        landed = forge.git.git("diff", "--name-only", "main^", "main").split()
        assert landed == [
            "servers/io.github.alice/namespace.yaml",
            f"{SERVER}/1.0.0.json",
            f"{SERVER}/facts.yaml",
        ]
        facts = read_facts(forge.git.git("show", f"main:{SERVER}/facts.yaml").encode())
        assert facts.runs["1.0.0"].repository_id == 74
        assert facts.repository is not None  # what was known stays
        objects = forge.git.git("rev-list", "--objects", "main")
        assert ".sigstore" not in objects
