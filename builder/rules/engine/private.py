"""Which hosts of its own a registry allows entries to name, besides the public ones."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from builder.model.policy_settings import Policy
from builder.policy import patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """Hosts of repositories, of package registries and of remotes. With `anything` every host is allowed.

    `remotes` are patterns and networks. A build allows any: what has landed was let in by the
    policy of its day.
    """

    repositories: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    remotes: tuple[str, ...] = ()
    anything: bool = False

    def repository(self, url: str) -> bool:
        """Return whether a repository may be at this address."""
        return self.anything or _host(url) in self.repositories

    def package(self, address: str) -> bool:
        """Return whether packages may come from this base URL."""
        return self.package_host(_host(address))

    def package_host(self, host: str) -> bool:
        """Return whether packages, images or bundles may come from this host."""
        return self.anything or host.lower() in self.packages

    def remote_host(self, host: str) -> bool:
        """Return whether a remote at this host may be reached over http, or on a private network."""
        if self.anything or patterns.matcher(self.remotes)([host]):
            return True
        return any(_is_in(host, network) for network in self.remotes if "/" in network)

    def allows(self, kind: str, host: str) -> bool:
        """Return whether a host may be named as a `package`, a `repository` or a `remote`."""
        if kind == "remote":
            return self.remote_host(host)
        return self.anything or host in (self.packages if kind == "package" else self.repositories)


NONE = Private()
ANYTHING = Private(anything=True)


def of_policy(policy: Policy) -> Private:
    """Return the hosts that `registry.yaml` allows."""
    return Private(
        repositories=policy.private_repositories,
        packages=policy.private_registries,
        remotes=policy.publish.remote_hosts,
    )


def _is_in(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
