"""The reference client copies the registry from every host that serves its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder import cli
from tests.conformance import running
from tests.conformance.conftest import GiveBuilt, GiveHost

# "worker" is the edge worker alone: what is not the API it leaves to its host.
SERVING = sorted(set(running.HOSTS) - {"worker"})


@pytest.mark.parametrize("name", SERVING)
def test_a_copy_is_what_was_built_and_asking_again_is_one_request(
    name: str,
    host: GiveHost,
    built: GiveBuilt,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "copy.jsonl"
    for _ in range(2):
        assert cli.run(["pull", host(name), "--out", str(out)]) == 0
    header, *lines = out.read_bytes().splitlines()
    catalogue = built("").catalogue
    extension = "com.example.registry"
    assert sorted(lines) == sorted(version.item(extension) for version in catalogue.versions())
    assert json.loads(header)["position"]["sequence"] == len(catalogue.events)
    first, again = capsys.readouterr().out.splitlines()
    assert "(4 requests, " in first  # one of them looks for a root of trust
    assert again.endswith("(1 request, 0 bytes)")
