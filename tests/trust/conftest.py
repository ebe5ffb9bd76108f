"""A site with a root of trust that was deployed once, a host that serves it, and a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from copy import copy as duplicate
from pathlib import Path

import pytest

from tests.trust.sites import Site
from tests.trust.trusted_sites import (
    Mirror,
    Trusted,
    clock,
    make_trusted,
    pull,
    serving_files,
)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seconds that the deploy's clock is ahead: two deploys in one second would be one version."""
    ahead = [0]
    clock(monkeypatch, ahead)
    return ahead


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Trusted:
    made = make_trusted(tmp_path_factory.mktemp("deployed"))
    made.site.publish("one", "two")
    assert made.deploy() == 0
    return made


@pytest.fixture
def trusted(deployed: Trusted, tmp_path: Path, now: list[int]) -> Trusted:
    """A copy of a site that was deployed once."""
    shutil.copytree(deployed.folder, tmp_path, dirs_exist_ok=True)
    registry = duplicate(deployed.site.registry)
    registry.root = tmp_path / registry.root.relative_to(deployed.folder)
    key = tmp_path / deployed.site.key.relative_to(deployed.folder)
    now[0] += 5
    return Trusted(Site(registry, key), tmp_path)


@pytest.fixture(scope="session")
def newer(deployed: Trusted, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the next deploy of that site."""
    folder = tmp_path_factory.mktemp("newer")
    with pytest.MonkeyPatch.context() as patch:
        clock(patch, [5])
        made = trusted.__wrapped__(deployed, folder, [0])  # type: ignore[attr-defined]
        made.site.publish("three")
        assert made.deploy() == 0
        files: dict[str, bytes] = made.files()
        return files


@pytest.fixture
def mirror(trusted: Trusted) -> Iterator[Mirror]:
    with serving_files(trusted.files()) as served:
        yield served


@pytest.fixture
def copy(mirror: Mirror, tmp_path: Path) -> Path:
    path = tmp_path / "copy.jsonl"
    assert pull(mirror, path) == 0
    return path
