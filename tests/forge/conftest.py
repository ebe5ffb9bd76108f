"""A registry on each forge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forge.hubs import NAMES, Hub, hub
from tests.registry import CONFIG


@pytest.fixture(params=NAMES)
def forge(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:  # fmt: skip
    """A registry on a forge of each kind, with its CI's variables."""
    with hub(request.param, tmp_path, CONFIG) as made:
        for name in ("GITLAB_CI", "FORGEJO_ACTIONS", "GITEA_ACTIONS", "GITHUB_EVENT_PATH"):
            monkeypatch.delenv(name, raising=False)
        for name, value in made.variables.items():
            monkeypatch.setenv(name, value)
        yield made
