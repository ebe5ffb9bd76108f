"""Which hosts of its own a registry allows entries to name, besides the public ones."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from builder.model.config import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """Hosts of repositories, and of package registries. With `anything` every host is allowed.

    A build allows any: what has landed was let in by the policy of its day.
    """

    repositories: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    anything: bool = False

    def repository(self, url: str) -> bool:
        """Return whether a repository may be at this address."""
        return self.anything or _host(url) in self.repositories

    def package(self, address: str) -> bool:
        """Return whether packages may come from this base URL."""
        return self.image_host(_host(address))

    def image_host(self, host: str) -> bool:
        """Return whether images may come from this host."""
        return self.anything or host in self.packages


NONE = Private()
ANYTHING = Private(anything=True)


def of_policy(policy: Policy) -> Private:
    """Return the hosts that `registry.yaml` allows."""
    return Private(
        repositories=frozenset(policy.repository_hosts),
        packages=frozenset(policy.package_registries),
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
