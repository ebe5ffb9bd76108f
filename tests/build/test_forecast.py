"""What a build says of hosts before it makes a page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builder.build.forecast import expected_size, forecast
from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from tests.registry import Registry, entry_file


@pytest.fixture
def large(registry: Registry) -> tuple[Catalogue, Config]:
    """One server with two versions, counted 20,000 times."""
    for version in ("1.0.0", "1.1.0"):
        registry.commit(entry_file(version=version))
    loaded = registry.load()
    catalogue = replace(loaded.catalogue, servers=loaded.catalogue.servers * 20_000)
    return catalogue, loaded.config.model_copy(update={"hosts": ("github-pages",)})


def test_a_host_that_is_too_small_is_named_with_the_number_and_the_setting(
    large: tuple[Catalogue, Config],
) -> None:
    catalogue, config = large
    (sentence,) = forecast(catalogue, config)
    assert sentence.startswith("GitHub Pages: the site will have about 1,2")
    assert "at most 1,000,000,000 are taken" in sentence


def test_cloudflare_is_told_to_take_packs(large: tuple[Catalogue, Config]) -> None:
    catalogue, config = large
    files = config.model_copy(update={"hosts": ("cloudflare",), "form": "files"})
    (sentence,) = forecast(catalogue, files)
    assert "`form: packed` in registry.yaml make it about" in sentence
    assert not [*forecast(catalogue, files.model_copy(update={"form": "packed"}))]


def test_a_small_registry_fits_everywhere(registry: Registry) -> None:
    registry.commit(entry_file())
    loaded = registry.load()
    hosts = ("github-pages", "cloudflare", "azure", "nginx")
    config = loaded.config.model_copy(update={"hosts": hosts})
    assert not [*forecast(loaded.catalogue, config)]
    assert expected_size(loaded.catalogue, config).files > 0
