"""The name of a container image: host, repository, and tag or digest.

https://github.com/distribution/reference is the grammar; hosts are those of the contract (R39).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_DOCKER = "registry-1.docker.io"
_ALIASES = dict.fromkeys(("docker.io", "index.docker.io", _DOCKER), _DOCKER)
_HOSTS = {*_ALIASES, "ghcr.io", "quay.io", "mcr.microsoft.com"}
_CLOUD = re.compile(r"(?:[a-z0-9-]+\.)+(?:pkg\.dev|azurecr\.io)", re.ASCII)

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", re.ASCII)
_DIGITS = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)

HOSTS = "docker.io, ghcr.io, quay.io, mcr.microsoft.com, *.pkg.dev and *.azurecr.io"
"""Where images may come from, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """Where an image is. `host` is the one whose API is asked, `reference` a tag or digest."""

    host: str
    repository: str
    reference: str


def stated_reference(identifier: str) -> str:
    """Return the tag or digest that an image's name ends in; "" if it has none."""
    return _split(identifier)[2]


def parse(identifier: str, allowed: Callable[[str], bool] | None = None) -> Image | str:
    """Read an image's name, or say (as the end of a sentence) why it is not one we can verify.

    `allowed` tells of a host that is not a public one whether images may come from it.
    """
    host, repository, reference = _split(identifier)
    if host not in _HOSTS and not _CLOUD.fullmatch(host) and not (allowed and allowed(host)):
        return f"is from {host}, which the official registry does not take"
    api = _ALIASES.get(host, host)
    if api == _DOCKER and "/" not in repository:
        repository = f"library/{repository}"
    if _DIGITS.fullmatch(identifier):
        return "is 64 digits, which docker takes for what one computer calls an image"
    if not _REPOSITORY.fullmatch(repository):
        upper = " (its letters are lower-case)" if repository != repository.lower() else ""
        return f"is not a valid image name{upper}"
    if reference and not _TAG.fullmatch(reference) and not _DIGEST.fullmatch(reference):
        return f"has the tag or digest {reference!r}, which is not valid"
    return Image(host=api, repository=repository, reference=reference or "latest")


def _split(identifier: str) -> tuple[str, str, str]:
    name, _, digest = identifier.partition("@")
    first, slash, rest = name.partition("/")
    has_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    host, path = (first, rest) if has_host else ("docker.io", name)
    repository, _, tag = path.partition(":")
    return host, repository, digest or tag


def host(identifier: str) -> str:
    """Return the host that an image comes from, `docker.io` where its name has none."""
    return _split(identifier)[0]
