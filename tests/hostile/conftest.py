"""The fixtures of the tests of ownership: a registry with an owner, and servers on loopback."""

from tests.ownership.conftest import authority, network, site, web, world, zone

__all__ = ["authority", "network", "site", "web", "world", "zone"]
