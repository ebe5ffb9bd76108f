"""Fixtures of every test of deploys."""

from tests.deploy.targets import endpoint, registry, store

__all__ = ["endpoint", "registry", "store"]
