"""One mirrored entry that breaks the current schema does not blind a strict client.

langchain-mcp-registry refuses a whole list for an argument whose type is empty, as upstream has some.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from builder.build.build import build
from builder.mirror import apply
from builder.mirror.intake import of_mirror_policy
from builder.mirror.report import MirrorReport
from builder.model import config
from builder.runtime.progress import Progress
from tests.build import trees
from tests.conformance import running
from tests.conformance.test_clients import FOLDER, PYTHON
from tests.patience import PATIENCE
from tests.registry import CONFIG, Registry, entry, package

UPSTREAM = "https://upstream.example"
GOOD, ODD, OWN = "com.example/good", "com.example/odd", "com.example/own"
X = "v0.1/x/com.example.registry"


def item(name: str, argument_type: str = "positional") -> dict[str, Any]:
    """An item of upstream's; it writes an empty repository where there is none."""
    argument = {"type": argument_type, "value": "run"}
    packages = [{**package(name, "1.0.0"), "packageArguments": [argument]}]
    return {"server": entry(name, repository={}, packages=packages), "_meta": {}}


def settings(invalid: str) -> str:
    policy = f"policy: {{mirror: {{invalid: {invalid}}}}}\n" if invalid else ""
    return CONFIG + policy + "hosts: [github-pages]\n"


def mirror(registry: Registry, text: str, *items: Mapping[str, Any]) -> MirrorReport:
    taken = of_mirror_policy(config.parse(text.encode()).policy.mirror)
    report = apply.apply(registry.root, UPSTREAM, items, taken, complete=True)
    registry.commit({"registry.yaml": text})
    return report


def made(root: Path, invalid: str = "") -> tuple[Registry, MirrorReport]:
    registry = Registry(root / "repository", "")
    own = entry(OWN, packages=[package(OWN, "1.0.0")])
    registry.write({f"servers/{OWN}/1.0.0.json": own})
    report = mirror(registry, settings(invalid), item(GOOD), item(ODD, ""))
    return registry, report


def names(body: bytes) -> list[str]:
    return [server["server"]["name"] for server in json.loads(body)["servers"]]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The default settings, built and served as the dumbest host does: its address and folder."""
    root = tmp_path_factory.mktemp("strict")
    registry, _ = made(root)
    build(registry.repository, "HEAD", root / "www", 1)
    with running.HOSTS["serve --plain"](root / "www", "", root) as url:
        yield url, root / "www"


def ask(url: str, name: str, home: Path) -> subprocess.CompletedProcess[bytes]:
    command = [PYTHON, str(FOLDER / "langchain.py"), url, "", name]
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        command, env=environment, capture_output=True, timeout=PATIENCE, check=False
    )


def test_it_lists_all_servers_but_the_one(plain: tuple[str, Path], tmp_path: Path) -> None:
    done = ask(plain[0], GOOD, tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["listed"] == [GOOD, OWN]


def test_it_would_list_none_if_all_were_taken(tmp_path: Path) -> None:
    registry, report = made(tmp_path, "taken")
    assert not report.apart
    build(registry.repository, "HEAD", tmp_path / "www", 1)
    assert names((tmp_path / "www/v0.1/servers/index.json").read_bytes()) == [GOOD, ODD, OWN]
    with running.HOSTS["serve --plain"](tmp_path / "www", "", tmp_path) as url:
        assert b"RegistryConnectionError" in ask(url, GOOD, tmp_path).stderr


def test_what_stands_apart_is_served_at_its_own_addresses(
    plain: tuple[str, Path], client: httpx.Client
) -> None:
    url, folder = plain
    for path in (f"/v0.1/servers/{ODD.replace('/', '%2F')}/versions/latest", f"/servers/{ODD}/"):
        assert client.get(url + path).status_code == 200
    listed = client.get(f"{url}/v0.1/servers").json()
    assert listed["metadata"]["count"] == 2
    assert listed["metadata"]["com.example.registry/apart"] == 1
    assert names((folder / X / "apart.json").read_bytes()) == [ODD]
    assert names((folder / X / "pages/latest/1.json").read_bytes()) == [GOOD, ODD, OWN]
    for path in ("registry.json", "v0/servers/index.json"):
        assert names((folder / path).read_bytes()) == [GOOD, OWN]


def test_mirror_and_build_say_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry, report = made(tmp_path)
    fault = 'packages.0.packageArguments.0.type: type is "", not positional or named'
    assert report.apart == [(ODD, "1.0.0", fault)]
    build(registry.repository, "HEAD", tmp_path / "www", 1, progress=Progress(show=True))
    assert "1 mirrored server not in the list that a host without queries serves" in (
        told := capsys.readouterr().err
    )
    assert ODD in told


def test_what_is_left_out_does_not_come_in_and_what_stands_is_named(tmp_path: Path) -> None:
    registry, report = made(tmp_path, "left-out")
    assert not (registry.root / f"servers/{ODD}").exists()
    assert [(entry.name, str(entry.outcome)) for entry in report.entries] == [
        (GOOD, "added"),
        (ODD, "excluded"),
    ]
    assert "breaks the current schema" in report.entries[1].reason
    stands, _ = made(tmp_path / "other")
    report = mirror(stands, settings("left-out"), item(GOOD), item(ODD, ""))
    assert [one.name for one in report.unwanted] == [ODD]


def test_an_incremental_build_knows_it_too(tmp_path: Path) -> None:
    registry, _ = made(tmp_path)
    out = tmp_path / "www"
    for argument_type in ("", "named-wrong", "positional", ""):
        mirror(registry, settings(""), item(GOOD), item(ODD, argument_type))
        build(registry.repository, "HEAD", out, 1)
        assert trees.differences(trees.read(out), trees.clean(registry.repository)) == []
        whole = names((out / "v0.1/servers/index.json").read_bytes())
        assert (ODD in whole) == (argument_type == "positional")
        assert (out / X / "apart.json").exists() == (ODD not in whole)
