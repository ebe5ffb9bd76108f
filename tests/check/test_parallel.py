"""A whole registry is checked part by part, in any number of processes, as if at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builder import cli
from builder.check import engine, parallel, scope
from builder.git import packs
from builder.git.discovery import discover
from builder.runtime import processes
from tests.registry import Registry, entry, entry_file

SHARED, ALONE = "https://shared.example.com/mcp", "https://alone.example.com/mcp"
PAIR = "https://pair.example.com/mcp"


def _remotes(*urls: str) -> list[dict[str, str]]:
    return [{"type": "sse", "url": url} for url in urls]


@pytest.fixture
def mistaken(registry: Registry) -> Registry:
    """Mistakes of single entries, of a namespace, and between namespaces."""
    for number in range(4):
        name = f"com.example{number}/weather"
        registry.commit(entry_file(name, remotes=_remotes(ALONE + str(number), SHARED)))
        registry.commit({f"servers/{name}/1.0.1.json": entry(name, "1.0.2", title=" ")})
    for namespace in ("net.one", "net.two"):
        registry.commit(entry_file(f"{namespace}/weather", remotes=_remotes(PAIR)))
    registry.commit(entry_file("com.Example1/weather"))
    registry.commit({"servers/com.example2/weather/status.yaml": '"*": {status: deleted}\n'})
    registry.commit({"servers/com.example3/notes.txt": "notes"})
    return registry


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("bare", [False, True])
def test_parts_say_what_the_whole_does(
    mistaken: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int, bare: bool
) -> None:
    repository = mistaken.repository
    if bare:
        mistaken.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
        repository = discover(tmp_path / "bare")
    monkeypatch.setattr(parallel, "PART", 1)
    expected = engine.check_scope(scope.of_repository(repository))
    shared = [one.path for one in expected if one.rule == "remote-url-conflict"]
    namespaces = ("com.example0", "com.example1", "com.example3", "net.one", "net.two")
    assert shared == [f"servers/{namespace}/weather/1.0.0.json" for namespace in namespaces]
    assert parallel.check_all(repository, jobs) == (len(scope.files(repository)), expected)


def test_processes_that_check_a_large_registry_import_what_they_need_while_it_is_listed(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.commit(entry_file())
    registry.git("repack", "-adq")
    prepared: list[tuple[str, ...]] = []
    monkeypatch.setattr(processes, "prepare", lambda *modules: prepared.append(modules))
    monkeypatch.setattr(processes, "cores", lambda: 2)
    asked = ["check", "--root", str(registry.root)]
    assert cli.run(asked) == 0
    assert prepared == []
    monkeypatch.setattr(packs, "_LARGE", 0)
    assert cli.run([*asked, "--base", "HEAD"]) == 0
    assert prepared == []
    assert cli.run(asked) == 0
    assert prepared[0][0] == parallel.__name__


def test_what_is_prepared_is_imported_before_work_comes() -> None:
    script = (
        "import sys; from builder.runtime import processes; name, known = sys.argv[1:];"
        "processes.prepare(name); print(*processes.each(eval, [known] * 4, 2, 4), eval(known))"
    )
    known = f"{parallel.__name__!r} in __import__('sys').modules"
    command = [sys.executable, "-c", script, parallel.__name__, known]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * 4 + ["False"]
