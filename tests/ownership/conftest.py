"""Servers that run for a test, and registries in which a namespace is owned or free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from builder.net.network import Network
from tests.ownership.events import ALICE
from tests.ownership.servers import Authority, Site, Zone, body, dns_server, https_server
from tests.ownership.world import Signer, World, owned_by, weather
from tests.patience import PATIENCE
from tests.registry import Registry


@pytest.fixture
def zone() -> Zone:
    """The records that the DNS server of `network` answers with."""
    return Zone()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def network(zone: Zone, authority: Authority) -> Iterator[Network]:
    """A network in which the only DNS server is ours, and loopback is allowed."""
    with dns_server(zone) as address:
        yield Network(
            resolver=address,
            trust_root=authority.root,
            dns_seconds=PATIENCE,
            http_seconds=PATIENCE,
            allow_private=True,
        )


@pytest.fixture
def site(authority: Authority) -> Iterator[Site]:
    """An HTTPS server for example.com and a sub-domain."""
    with https_server(Site(answer=body("", 404)), authority, "example.com", "*.example.com") as it:
        yield it


@pytest.fixture
def web(network: Network, site: Site, zone: Zone) -> Network:
    """The network, with example.com's name pointing at its HTTPS server."""
    for name in ("example.com", "api.example.com"):
        zone.records.setdefault(name, {})["A"] = ["127.0.0.1"]
    return replace(network, https_port=site.port)


@pytest.fixture
def world(registry: Registry) -> World:
    """A registry in which io.github.alice belongs to alice, who has published a server."""
    made = World(registry)
    made.land({**owned_by(ALICE), **weather("io.github.alice")})
    return made


@pytest.fixture
def signer() -> Signer:
    """A key of ed25519, and what is signed with it."""
    return Signer()


@pytest.fixture
def free(registry: Registry, network: Network) -> World:
    """A registry in which com.example is free, and a network with our DNS server."""
    return World(registry, network)
