"""Bundles of real runs, and a registry that knows their roots of trust: made once for all tests here."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.hostile.runs_of_ci.wishes import OURS, WISHES
from tests.ownership.events import ALICE
from tests.ownership.sigstore import Made, make
from tests.ownership.world import World, owned_by, weather
from tests.registry import Registry


@pytest.fixture(scope="package")
def made() -> Made:
    return make(*WISHES.values())


@pytest.fixture(scope="package")
def bundles(made: Made) -> Mapping[str, bytes]:
    return dict(zip(WISHES, made.bundles, strict=True))


@pytest.fixture
def world(registry: Registry, made: Made) -> World:
    """io.github.alice belongs to alice; the roots of trust are those of the bundles."""
    it = World(registry)
    it.land(
        {
            "registry.yaml": OURS,
            "sigstore/trusted_root.json": made.root,
            **owned_by(ALICE),
            **weather("io.github.alice"),
        }
    )
    return it
