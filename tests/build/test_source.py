"""Reading a repository: the same in one process or several, at once or in steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.build import source
from builder.check import parallel
from builder.history import batches
from builder.model.errors import RepositoryError
from tests.registry import Registry, entry, entry_file


@pytest.fixture
def several(registry: Registry) -> Registry:
    """Namespaces with and without mistakes, some of which another commit fixed."""
    for number in range(6):
        name = f"com.example{number}/weather"
        registry.commit(entry_file(name))
        registry.commit({f"servers/{name}/1.0.1.json": entry(name, "1.0.2")})
        registry.commit({f"servers/{name}/status.yaml": '"1.0.0": {status: deprecated}\n'})
        if number % 2:
            registry.commit({f"servers/{name}/1.0.1.json": entry(name, "1.0.1")})
    registry.commit(entry_file("com.Example1/weather"))
    return registry


def test_any_number_of_processes_reads_the_same(
    several: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = several.load()
    assert len(alone.findings) == 6
    monkeypatch.setattr(parallel, "PART", 1)
    assert source.load(several.repository, jobs=3) == alone


@pytest.mark.parametrize("size", [1, 2, 5])
def test_batches_of_any_size_read_the_same(
    several: Registry, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    alone = several.load()
    monkeypatch.setattr(batches, "BATCH", size)
    assert several.load() == alone


def test_a_blob_that_is_missing_stops_every_number_of_processes(
    several: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = several.git("rev-parse", "HEAD:servers/com.example5/weather/1.0.1.json")
    Path(several.root, ".git/objects", blob[:2], blob[2:]).unlink()
    monkeypatch.setattr(parallel, "PART", 1)
    for jobs in (1, 2):
        with pytest.raises(RepositoryError, match=f"{blob} is missing"):
            source.load(several.repository, jobs=jobs)
