"""What a package may be called: a pattern that means it fits every spelling that fetches the same one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from packaging.version import InvalidVersion, Version

from builder.model import remote_address
from builder.model.json_values import text

_RUNS = re.compile(r"[-_.]+")
_EXTRAS = re.compile(r"\[.*", re.DOTALL)
_USUAL_PORT = re.compile(r"(?<=[^/:]):443(?=/|$)")
_WWW = re.compile(r"(?<=://)www\.(?=git(?:hub|lab)\.com(?:/|$))")
"""What leads to the same host without it."""
_DOCKER = "docker.io/"
_DOCKER_HUB = (_DOCKER, "index.docker.io/", "registry-1.docker.io/")
_OWN = "library/"
"""Where Docker Hub has the images that are called by a name alone."""
_MORE = re.compile(r"\+.*|(?<![0-9A-Za-z])0+(?=[0-9])", re.DOTALL)
"""What tells no version of a package from another: what follows `+`, and zeros before a number."""


def identity(package: Mapping[str, Any]) -> str:
    """Return a package's name as its registry has it, without its type and what names a version."""
    kind, identifier = text(package, "registryType"), text(package, "identifier")
    match kind:
        case "pypi":
            return _RUNS.sub("-", _EXTRAS.sub("", identifier)).lower()
        case "cargo":  # no two crates differ in this alone
            return identifier.lower().replace("_", "-")
        case "nuget":
            return identifier.lower()
        case "oci":
            return _hub(_image(identifier))
        case "mcpb":
            return _WWW.sub("", _USUAL_PORT.sub("", remote_address.key(identifier)))
    return identifier


def forms(package: Mapping[str, Any]) -> Iterator[str]:
    """Yield the forms of a package's identifier that a pattern may mean, with and without the type."""
    kind, identifier = text(package, "registryType"), text(package, "identifier")
    named = {identifier, identity(package)}
    if kind == "oci":
        named |= set(_of_image(_image(identifier)))
    elif kind == "cargo":
        named.add(identity(package).replace("-", "_"))
    elif kind == "pypi":
        named |= {identity(package).replace("-", sign) for sign in "_."}
        named.add(_EXTRAS.sub("", identifier))
    for form in sorted(filter(None, named)):
        yield form
        yield f"{kind}:{form}"


def _image(identifier: str) -> str:
    """Return an image's name without its tag and digest."""
    bare = identifier.partition("@")[0]
    host, slash, path = bare.rpartition("/")
    return f"{host}{slash}{path.partition(':')[0]}"


def _hub(image: str) -> str:
    """Return an image of Docker Hub by its shortest name; another one as it is."""
    host = next((host for host in _DOCKER_HUB if image.startswith(host)), "")
    name = image.removeprefix(host)
    return name.removeprefix(_OWN) if name.count("/") == 1 else name


def _of_image(image: str) -> Iterator[str]:
    yield image
    short = _hub(image)
    first, slash, _ = short.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return
    for name in (short, *(() if slash else (f"{_OWN}{short}",))):
        yield from (name, f"{_DOCKER}{name}")


@lru_cache(maxsize=65536)
def version(text: str) -> str:
    """Return one text for the spellings of a version that are the same to a registry: `v1.0` is `1.0.0`."""
    plain = _MORE.sub("", text.strip().lower().removeprefix("v"))
    try:
        known = Version(plain)
    except InvalidVersion:
        return plain
    release = list(known.release)
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    numbers = ".".join(map(str, release))
    return f"{known.epoch}!{numbers}{str(known).removeprefix(known.base_version)}"
