"""A site that is watched follows its repository by itself."""

from __future__ import annotations

import json
from pathlib import Path
from queue import Queue

import pytest

from builder import cli
from builder.build.build import Result, build
from builder.build.watch import watching
from builder.model.errors import RegistryError
from tests.build import trees
from tests.patience import PATIENCE
from tests.registry import Registry, entry_file


def test_each_commit_is_built_as_it_comes_and_a_wrong_one_stops_nothing(tmp_path: Path) -> None:
    registry, out = Registry(tmp_path / "registry"), tmp_path / "public"
    registry.commit(entry_file())
    build(registry.repository, "HEAD", out, 1)
    told: Queue[Result | RegistryError] = Queue()
    with watching(registry.repository, out, 1, told.put):
        told.get(timeout=PATIENCE)  # nothing new
        registry.commit(entry_file(version="1.1.0"))
        told.get(timeout=PATIENCE)
        assert trees.read(out) == trees.clean(registry.repository)
        registry.commit({"registry.yaml": "title: ["})
        assert isinstance(told.get(timeout=PATIENCE), RegistryError)
        registry.git("reset", "--quiet", "--hard", "HEAD~1")
        told.get(timeout=PATIENCE)
        registry.git("checkout", "--quiet", "-b", "other", "HEAD~1")
        told.get(timeout=PATIENCE)
    index = json.loads((out / "index.json").read_bytes())
    assert index["generation"] == registry.repository.commit("HEAD")
    assert trees.read(out) == trees.clean(registry.repository)


@pytest.mark.parametrize("other", [["--site", "."], ["--publish"]])
def test_what_has_no_repository_or_builds_by_itself_is_not_watched(other: list[str]) -> None:
    assert cli.run(["serve", "--watch", *other]) == 2
