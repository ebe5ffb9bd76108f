"""The site of the small registry, made once."""

from __future__ import annotations

import pytest

from builder.build.source import Source
from tests.pages import made


@pytest.fixture(scope="session")
def made_source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return made.make(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def site(made_source: Source) -> dict[str, bytes]:
    return made.site(made_source.catalogue, made_source.config)
