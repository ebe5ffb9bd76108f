"""Every test of this folder is run by `make test`: pytest passes over folders of some names."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def test_every_folder_of_tests_is_looked_into(request: pytest.FixtureRequest) -> None:
    passed_over = request.config.getini("norecursedirs")
    folders = {path.parent for path in TESTS.rglob("test_*.py")}
    assert len(folders) > 30
    names = {part for folder in folders for part in folder.relative_to(TESTS.parent).parts}
    assert [name for name in names if any(fnmatch(name, one) for one in passed_over)] == []
