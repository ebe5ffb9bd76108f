"""A packed site that was damaged on its way: what is served is what was built, or an error."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from builder import cli
from builder.build.build import build
from builder.serve.app import application
from tests.registry import Registry, entry_file

PATHS = (
    "/",
    "/servers/com.example/weather/",
    "/v0.1/servers",
    "/v0.1/servers?limit=1",
    "/v0.1/servers/com.example/weather/versions/latest",
    "/v0.1/servers/com.example/weather/versions/1.0.0",
)


def packs(site: Path) -> Iterator[Path]:
    yield from sorted((site / "packs/data").iterdir())


def altered(site: Path) -> None:
    chance = random.Random(1)
    for pack in packs(site):
        body = bytearray(pack.read_bytes())
        for _ in range(len(body) // 200):
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        pack.write_bytes(body)


def altered_behind_the_directories(site: Path) -> None:
    for pack in packs(site):
        body = bytearray(pack.read_bytes())
        for place in range(12 + int.from_bytes(body[8:12]), len(body), 97):
            body[place] ^= 1
        pack.write_bytes(body)


def cut_off(site: Path) -> None:
    for pack in packs(site):
        pack.write_bytes(pack.read_bytes()[: pack.stat().st_size // 2])


def without_packs(site: Path) -> None:
    shutil.rmtree(site / "packs/data")


def other_words(site: Path) -> None:
    for words in (site / "packs/words").iterdir():
        words.write_bytes(words.read_bytes()[::-1])


def without_words(site: Path) -> None:
    shutil.rmtree(site / "packs/words")


def without_an_index(site: Path) -> None:
    (site / "packs/index.json").write_bytes(b"{")


def without_a_marker(site: Path) -> None:
    (site / "index.json").unlink()


def with_a_broken_marker(site: Path) -> None:
    (site / "index.json").write_bytes(b"{")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    registry = Registry(tmp_path_factory.mktemp("registry"))
    registry.commit({**entry_file(), **entry_file(version="2.0.0")})
    site = tmp_path_factory.mktemp("sites") / "site"
    build(registry.repository, "HEAD", site, 1, form="packed")
    return site


def answers(site: Path, encoding: str) -> dict[str, tuple[int, bytes]]:
    """What each path is answered; an exception ends the test."""
    client = TestClient(application(site, plain=False))
    headers = {"Accept-Encoding": encoding}
    return {
        path: (answer.status_code, answer.content)
        for path in PATHS
        if (answer := client.get(path, headers=headers))
    }


@pytest.mark.parametrize(
    "damage",
    [
        altered,
        altered_behind_the_directories,
        cut_off,
        without_packs,
        other_words,
        without_words,
        without_an_index,
        without_a_marker,
        with_a_broken_marker,
    ],
)
def test_a_damaged_site_is_served_as_it_was_or_not_at_all(
    damage: Callable[[Path], None],
    built: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    site = tmp_path / "site"
    shutil.copytree(built, site)
    damage(site)
    for encoding in ("identity", "gzip"):
        whole = answers(built, encoding)
        for path, (status, body) in answers(site, encoding).items():
            assert status == 502 or (status, body) == whole[path], path
    assert "the site is damaged: " in capsys.readouterr().err


@pytest.mark.parametrize("damage", [altered, without_packs, without_an_index])
def test_a_damaged_site_is_one_line_where_it_is_to_be_served(
    damage: Callable[[Path], None],
    built: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(built, tmp_path / "site")
    damage(tmp_path / "site")
    assert cli.run(["serve", "--site", str(tmp_path / "site"), "--port", "0"]) == 2
    assert capsys.readouterr().err.startswith("error: the site is damaged: ")
