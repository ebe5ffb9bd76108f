"""A namespace that belongs to a key alone, and what is signed with that key."""

from __future__ import annotations

import pytest

from builder.net.network import Network
from tests.ownership.servers import Zone
from tests.ownership.world import (
    Files,
    Signer,
    World,
    owners_file,
    weather,
)

STATUS = "servers/com.example/weather/status.yaml"
OWNERS = "servers/com.example/namespace.yaml"
DEPRECATED = '"*": {status: deprecated, message: Use 2.0.0}\n'


@pytest.fixture
def signer() -> Signer:
    return Signer()


@pytest.fixture
def pinned(world: World, network: Network, zone: Zone, signer: Signer) -> World:
    """com.example belongs to the signer's key alone, which its domain publishes."""
    world.network = network
    zone.txt("example.com", signer.record)
    pin = owners_file("com.example", keys=[signer.pin], proof="dns")
    world.land({**signer.sign(weather("com.example")), **pin})
    return world


def next_version() -> Files:
    return weather("com.example", "1.1.0")
