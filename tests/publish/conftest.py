from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.doors import Doors, opened
from tests.publish.remote import Remote
from tests.publish.running import Desk, Surroundings, surroundings
from tests.registry import Registry


@pytest.fixture(scope="session")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    with surroundings(tmp_path_factory.mktemp("publish")) as made:
        yield made


@pytest.fixture(scope="module")
def doors(around: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """The three doors to a registry in which there is something."""
    with opened(around, tmp_path_factory.mktemp("doors")) as made:
        yield made


@pytest.fixture
def desk(around: Surroundings, tmp_path: Path) -> Iterator[Desk]:
    """A registry without servers, on which one publishes."""
    with around.running(tmp_path) as made:
        yield made


@pytest.fixture
def pushed(around: Surroundings, tmp_path: Path) -> Iterator[tuple[Desk, Remote]]:
    folder = tmp_path / "remote.git"

    def prepare(registry: Registry) -> None:
        registry.git("clone", "--quiet", "--bare", ".", str(folder))
        (folder / "hooks").mkdir(exist_ok=True)

    with around.running(tmp_path, prepare=prepare, options={"remote": str(folder)}) as desk:
        yield desk, Remote(folder)
