"""Web addresses that may become links: package pages, repositories, home pages.

Whatever a publisher wrote is a link only if it is a plain https address; all else is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import quote, urlsplit

from builder.install.field import record, text
from builder.install.shape import Link
from builder.model.package_types import PACKAGE_TYPES, is_public_registry
from builder.model.server_json import Document

_UNSAFE = re.compile(r"[\s\x00-\x20\x7f-\x9f\"'<>\\^`{|}]")
_RELEASE = re.compile(r"(https://github\.com/[^/]+/[^/]+)/releases/download/([^/]+)/[^/]+")
_DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")
_RESERVED = (".example.com", ".example.net", ".example.org", ".example", ".test", ".invalid")


@lru_cache(
    maxsize=256
)  # a page asks several times: for its links, its recipes and its panel's data
def address(url: str, *schemes: str) -> str | None:
    """Return `url` if it is an absolute address of one of `schemes` and hides nothing.

    Refused: white space, quotes, brackets and controls, an account in the address, a bad port.
    """
    if _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in schemes or not parts.hostname or "@" in parts.netloc:
        return None
    return url if url.isascii() else None


@lru_cache(maxsize=256)
def is_reserved(url: str) -> bool:
    """Return whether an address is at a host that is reserved for examples and tests (RFC 2606)."""
    try:
        host = f".{(urlsplit(url).hostname or '').rstrip('.')}".lower()
    except ValueError:
        return False
    return host.endswith(_RESERVED)


def https_link(url: str, label: str) -> Link | None:
    """Make a link of an https address, or None; one that is reserved for examples leads nowhere."""
    href = address(url, "https")
    return Link(href=href, label=label) if href and not is_reserved(href) else None


def repository_link(document: Document) -> Link | None:
    """Return the link to a server's source repository, at its subfolder if it is on GitHub."""
    repository = record(document, "repository")
    url, folder = text(repository, "url"), text(repository, "subfolder").strip("/")
    if folder and ".." not in folder.split("/") and url.startswith("https://github.com/"):
        url = f"{url.removesuffix('.git').rstrip('/')}/tree/HEAD/{_segment(folder, safe='/')}"
    return https_link(url, "Repository")


def package_page(package: Document) -> Link | None:
    """Return the page of a package at its registry, of its exact version where there is one.

    A private registry has no pages that could be known: the link leads to the registry itself.
    """
    kind = PACKAGE_TYPES.get(text(package, "registryType"))
    identifier, base = text(package, "identifier"), text(package, "registryBaseUrl")
    if kind is None or not identifier:
        return None
    if base and kind.base_url and not is_public_registry(kind.name, base):
        return https_link(base, "Private registry")
    if kind.name in _BY_IDENTIFIER:
        return _BY_IDENTIFIER[kind.name](identifier)
    version = text(package, "version")
    return https_link(
        kind.address(identifier, version if version != "latest" else ""), kind.registry
    )


def _segment(value: str, safe: str = "") -> str:
    return quote(value, safe=safe)


def _oci(identifier: str) -> Link | None:
    name = identifier.partition("@")[0]
    head, colon, tail = name.rpartition(":")
    if colon and "/" not in tail:
        name = head
    host, _, path = name.partition("/")
    if "." not in host and ":" not in host:
        host, path = "docker.io", name
    if host in _DOCKER_HUB:
        repository = path.removeprefix("library/")
        folder = "r" if "/" in repository else "_"
        url = f"https://hub.docker.com/{folder}/{_segment(repository, safe='/')}"
        return https_link(url, "Docker Hub")
    site = _OCI_SITES.get(host)
    if site is None or not path:
        return None
    label, prefix = site
    return https_link(prefix + _segment(path, safe="/"), label)


def _mcpb(identifier: str) -> Link | None:
    release = _RELEASE.fullmatch(identifier)
    if release:
        return https_link(f"{release[1]}/releases/tag/{release[2]}", "GitHub release")
    return https_link(identifier, "Bundle")


# Where the page follows from the host that the identifier names.
_BY_IDENTIFIER: Mapping[str, Callable[[str], Link | None]] = {"oci": _oci, "mcpb": _mcpb}
_OCI_SITES = {
    "ghcr.io": ("GitHub Packages", "https://ghcr.io/"),
    "quay.io": ("Quay", "https://quay.io/repository/"),
    "mcr.microsoft.com": ("Microsoft Artifact Registry", "https://mcr.microsoft.com/artifact/mar/"),
    "public.ecr.aws": ("Amazon ECR", "https://gallery.ecr.aws/"),
    "registry.gitlab.com": ("GitLab", "https://gitlab.com/"),
}
