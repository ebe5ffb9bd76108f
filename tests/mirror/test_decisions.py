"""Many runs, while upstream edits, deletes and drops, and an operator decides: what holds after each."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.model.server_json import OFFICIAL
from builder.model.sidecars import Status
from tests.operate.company import official_item
from tests.registry import Registry

NAMES = ("com.aa/one", "com.aa/two", "io.github.bb/three")
WITHDRAWN = '"*": {status: deleted, message: Not here, by: operator}\n'

Upstream = dict[tuple[str, str], dict[str, Any]]


@dataclass
class Life:
    """A registry with what its upstream lists, and what its operator decided."""

    registry: Registry
    chance: random.Random
    upstream: Upstream = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    overlays: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> None:
        assert cli.run([*arguments, "--root", str(self.registry.root)]) == 0

    def files(self, name: str) -> list[str]:
        folder = self.registry.root / "servers" / name
        return [path.relative_to(self.registry.root).as_posix() for path in folder.glob("*")]

    def upstream_changes(self, step: int) -> None:
        name, version = self.chance.choice(NAMES), f"1.{self.chance.randint(0, 2)}.0"
        item = self.upstream.setdefault((name, version), official_item(name, version))
        what = self.chance.choice(["nothing", "edit", "deleted", "deprecated", "active", "drop"])
        if what == "edit":
            item["server"]["description"] = f"Edited in step {step}"
        elif what == "drop":
            del self.upstream[name, version]
        elif what != "nothing":
            item["_meta"][OFFICIAL]["status"] = what

    def operator_decides(self, step: int) -> None:
        name = self.chance.choice(NAMES)
        decisions: tuple[Callable[[str, int], None], ...] = (
            self._block,
            self._withdraw,
            self._overlay,
            self._remove,
        )
        if self.files(name):
            self.chance.choice(decisions)(name, step)

    def _block(self, name: str, _step: int) -> None:
        if name in self.blocked:
            self.run("unblock", name, "--commit")
        else:
            self.run("block", name, "--reason", "policy", "--commit")
        self.blocked ^= {name}

    def _withdraw(self, name: str, _step: int) -> None:
        self.registry.commit({f"servers/{name}/status.yaml": WITHDRAWN})
        self.withdrawn.add(name)

    def _overlay(self, name: str, step: int) -> None:
        path, text = f"servers/{name}/overlay.yaml", f"title: Of step {step}\n"
        self.registry.commit({path: text})
        self.overlays[path] = text

    def _remove(self, name: str, _step: int) -> None:
        gone = self.files(name)
        self.registry.commit(dict.fromkeys(gone))
        self.removed |= {path for path in gone if path.endswith(".0.json")}
        self.withdrawn.discard(name)
        self.overlays.pop(f"servers/{name}/overlay.yaml", None)

    def mirror(self, dump: Path) -> None:
        items = list(self.upstream.values())
        self.chance.shuffle(items)
        dump.write_text(json.dumps({"servers": items}))
        self.run("mirror", "--dump", str(dump), "--commit")


def check(life: Life) -> None:
    """What was decided holds, and all else is as upstream has it."""
    root = life.registry.root
    here = {
        (version.name, version.version): version.status
        for version in life.registry.load().catalogue.versions()
    }
    shown = {name for (name, _), status in here.items() if status is not Status.DELETED}
    assert shown.isdisjoint(life.blocked | life.withdrawn)
    assert {path for path in life.removed if (root / path).exists()} == set()
    assert {path: (root / path).read_text() for path in life.overlays} == life.overlays
    for (name, version), item in life.upstream.items():
        if name not in life.blocked | life.withdrawn:
            removed = f"servers/{name}/{version}.json" in life.removed
            expected = None if removed else item["_meta"][OFFICIAL]["status"]
            assert here.get((name, version)) == expected, (name, version)


@pytest.mark.parametrize("seed", range(4))
def test_decisions_hold_and_all_else_follows_upstream(seed: int, tmp_path: Path) -> None:
    life = Life(Registry(tmp_path / "registry"), random.Random(seed))
    for step in range(6):
        for _ in range(3):
            life.upstream_changes(step)
        life.operator_decides(step)
        life.mirror(tmp_path / "dump.json")
        check(life)
        head = life.registry.git("rev-parse", "HEAD")
        life.mirror(tmp_path / "dump.json")
        assert life.registry.git("rev-parse", "HEAD") == head  # the same again is nothing
