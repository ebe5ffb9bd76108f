"""What a build says of hosts before it makes a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.generate import generate
from builder import pages
from builder.build import archive, parts, source
from builder.build.forecast import ExpectedSize, expected_size, forecast
from builder.build.packing import folder_size
from builder.catalogue.catalogue import Catalogue
from builder.git.discovery import discover
from builder.model.config import Config, SitePages
from builder.model.page import Page
from builder.runtime.progress import Progress
from tests.output.folder import write_packed
from tests.registry import CONFIG, Registry, entry_file


@pytest.fixture
def large(registry: Registry) -> tuple[Catalogue, Config]:
    """One server with two versions, counted 30,000 times."""
    for version in ("1.0.0", "1.1.0"):
        registry.commit(entry_file(version=version))
    loaded = registry.load()
    catalogue = replace(loaded.catalogue, servers=loaded.catalogue.servers * 30_000)
    return catalogue, loaded.config.model_copy(update={"hosts": ("github-pages",)})


def test_a_host_that_is_too_small_is_named_with_the_number_and_the_setting(
    large: tuple[Catalogue, Config],
) -> None:
    catalogue, config = large
    (sentence,) = forecast(catalogue, config)
    assert re.match(r"GitHub Pages: the site will have about 1,\d{3},\d{3},\d{3} bytes", sentence)
    assert "at most 1,000,000,000 are taken; `" in sentence
    assert "pages: {lean: true}` in registry.yaml make it about" in sentence


def test_cloudflare_is_told_to_take_packs(large: tuple[Catalogue, Config]) -> None:
    catalogue, config = large
    files = config.model_copy(update={"hosts": ("cloudflare",), "form": "files"})
    (sentence,) = forecast(catalogue, files)
    assert "`form: packed` in registry.yaml make it about" in sentence
    assert not [*forecast(catalogue, files.model_copy(update={"form": "packed"}))]


def test_where_packs_are_too_many_they_are_told_to_be_lean(
    large: tuple[Catalogue, Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue, config = large
    config = config.model_copy(update={"hosts": ("cloudflare",), "form": "packed"})
    lean = config.model_copy(update={"pages": SitePages(lean=True)})
    least, most = (expected_size(catalogue, one).bytes for one in (lean, config))
    assert least * 1.1 < most
    monkeypatch.setattr("builder.build.forecast._PACK", (least + most) // 2 // 79_000)
    for form, settings in (
        ("files", "`form: packed` and `pages: {lean: true}`"),
        ("packed", "`pages: {lean: true}`"),
    ):
        (sentence,) = forecast(catalogue, config.model_copy(update={"form": form}))
        assert f"; {settings} in registry.yaml make it about" in sentence


def test_a_small_registry_fits_everywhere(registry: Registry) -> None:
    registry.commit(entry_file())
    loaded = registry.load()
    hosts = ("github-pages", "cloudflare", "azure", "nginx")
    config = loaded.config.model_copy(update={"hosts": hosts})
    assert not [*forecast(loaded.catalogue, config)]
    assert expected_size(loaded.catalogue, config).files > 0


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> source.Source:
    """A registry of 300 versions with the kinds of entries that the official one has."""
    folder = tmp_path_factory.mktemp("generated") / "registry"
    generate(folder, Path(__file__).parents[2], 300)
    return source.load(discover(folder), "HEAD")


FORMS: dict[str, dict[str, Any]] = {
    "files": {},
    "lean": {"pages": SitePages(lean=True)},
    "copies": {"hosts": ("github-pages",), "api": {"without_redirects": True}},
    "packed": {"hosts": ("cloudflare",), "form": "packed"},
    "packed lean": {
        "hosts": ("cloudflare",),
        "form": "packed",
        "pages": SitePages(lean=True),
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_it_is_within_a_quarter_of_what_is_built(
    form: str, generated: source.Source, tmp_path: Path
) -> None:
    settings = generated.config.model_dump() | {"documentation": False} | FORMS[form]
    config = Config.model_validate(settings)
    expected, real = expected_size(generated.catalogue, config), _real(generated, config, tmp_path)
    assert 0.75 * real.bytes <= expected.bytes <= 1.25 * real.bytes
    assert 0.75 * real.files <= expected.files <= 1.25 * real.files


def _real(generated: source.Source, config: Config, folder: Path) -> ExpectedSize:
    if config.is_packed:
        write_packed(_pages(generated.catalogue, config), folder / "site", config)
        size = folder_size(folder / "site")
        return ExpectedSize(size.files, size.bytes)
    sizes = [len(page.body) for page in _pages(generated.catalogue, config)]
    return ExpectedSize(len(sizes), sum(sizes))


def _pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    yield from pages.catalogue_pages(catalogue, config)
    for kind in pages.KINDS.values():
        for thing in kind.all(catalogue):
            yield from kind.pages(thing, config)


def test_an_archive_is_files_whatever_the_form(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`hosts: [cloudflare]` makes packs in a folder; in an archive the files are what counts."""
    registry.commit({**entry_file(), "registry.yaml": f"{CONFIG}hosts: [cloudflare]\n"})
    monkeypatch.setattr("builder.build.forecast.WARNS_FROM", 0.001)
    told = Told()
    archive.build_archive(registry.repository, "HEAD", tmp_path / "site.tar", 1, told)
    (sentence,) = [text for text in told.warnings if "will have about" in text]
    assert sentence.startswith("Cloudflare Pages and Workers: the site will have about 2")
    assert "form: packed" not in sentence


def test_a_part_says_what_becomes_of_the_whole(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.commit({**entry_file(), "registry.yaml": f"{CONFIG}hosts: [github-pages]\n"})
    monkeypatch.setattr("builder.build.forecast.WARNS_FROM", 0.0001)
    told = Told()
    parts.build_part(registry.repository, "HEAD", tmp_path / "2.tar", 1, 2, 3, told)
    assert [text for text in told.warnings if text.startswith("GitHub Pages: the site will have")]


def test_from_80_percent_on_it_warns(
    large: tuple[Catalogue, Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue, config = large
    for size, warns in ((790_000_000, False), (810_000_000, True), (2_000_000_000, True)):
        monkeypatch.setattr(
            "builder.build.forecast.expected_size",
            lambda *_, size=size: ExpectedSize(10_000, size),
        )
        assert bool([*forecast(catalogue, config)]) == warns


class Told(Progress):
    """Keeps what a build warns of."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)
