"""A server.json in a folder, a registry with an API, and a forge of each kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.submit import gate_verdict, logins
from tests.local_server import LocalServer, serving
from tests.registry import entry
from tests.submit.forges import KINDS, ForgeApi
from tests.submit.publishing import NAME, SECRETS, WriteApi


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*SECRETS, logins.ACTIONS_URL, logins.ACTIONS_TOKEN):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "server.json"
    path.write_text(json.dumps(entry(NAME)))
    return path


@pytest.fixture
def api() -> Iterator[tuple[WriteApi, LocalServer]]:
    made = WriteApi()
    with serving(made.answer) as server:
        yield made, server


@pytest.fixture(params=KINDS)
def forge(request: pytest.FixtureRequest, file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ForgeApi, list[str]]]:  # fmt: skip
    address, variable, name = KINDS[request.param]
    file.write_text(json.dumps(entry(name)))
    monkeypatch.setenv(variable, "token")
    monkeypatch.setattr(gate_verdict, "PAUSE", 0.01)
    made = ForgeApi(name=name)
    with serving(made.answer) as server:
        yield (
            name,
            made,
            ["--repository", address, "--forge", f"{request.param}={server.url}", "--wait", "1"],
        )
