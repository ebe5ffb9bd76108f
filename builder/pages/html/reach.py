"""What a server runs on a reader's machine, whom it talks to and which secrets it asks for.

Read from its entry alone, for a sentence on a page and to compare versions: what a package does
once it runs, no entry tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from builder.install.reference import FORMS, Reference
from builder.install.sources import argued_sources
from builder.model import filled_in
from builder.model.package_types import PACKAGE_TYPES, is_public_registry
from builder.pages.html.text import clean, objects

_RELEASE = re.compile(r"(github\.com/[^/]+/[^/]+)/releases/download/")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})


class RunPackage(NamedTuple):
    """A package that is started: `source` is where it comes from, "" for its public registry."""

    kind: str
    name: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """All of it, without double ones, in the entry's order. Texts are clean.

    `packages` come with their versions, or a file with its hash. `hosts` are those of remotes,
    also as the entry's own values fill them in, `plain_hosts` those of them that are spoken to without encryption. `secrets` and `settings` are
    names, of the latter those that are required. `options` are what a runner is started with.
    """

    packages: Mapping[RunPackage, str]
    hosts: tuple[str, ...]
    plain_hosts: tuple[str, ...]
    secrets: tuple[str, ...]
    settings: tuple[str, ...]
    options: tuple[str, ...]


def reach(content: Mapping[str, Any]) -> Reach:
    """Read the reach of a document of any content."""
    packages = list(objects(content.get("packages")))
    remotes = list(objects(content.get("remotes")))
    written = (*filled_in.of_remotes(content), *filled_in.of_packages(content))
    addresses = list(map(clean, written))
    inputs = [one for item in (*packages, *remotes) for one in _inputs(item)]
    return Reach(
        packages={run_package(package): _version(package) for package in packages},
        hosts=_unique(host for url in addresses if (host := host_of(url)) not in _LOCAL),
        plain_hosts=_unique(host_of(url) for url in addresses if _is_plain(url)),
        secrets=_unique(name for name, entered in inputs if entered.get("isSecret") is True),
        settings=_unique(
            name
            for name, entered in inputs
            if entered.get("isRequired") is True and entered.get("isSecret") is not True
        ),
        options=_unique(_option(argument) for item in packages for argument in _runtime(item)),
    )


def run_package(package: Mapping[str, Any]) -> RunPackage:
    """Return what tells one package from another, whatever its version."""
    kind, identifier = clean(package.get("registryType")), clean(package.get("identifier"))
    base = clean(package.get("registryBaseUrl"))
    record = PACKAGE_TYPES.get(kind)
    if kind == "mcpb":
        return RunPackage(kind=kind, name=_bundle(identifier), source=host_of(identifier))
    read = _reference(kind, identifier)
    stated = [base] if base and record and record.base_url else []
    others = (url for url in stated or _argued(package) if not is_public_registry(kind, url))
    source = next((host for url in others if (host := host_of(url))), "")
    return RunPackage(kind=kind, name=read.name if read else identifier, source=source)


def _argued(package: Mapping[str, Any]) -> tuple[str, ...]:
    return argued_sources(dict(package)) if package.get("runtimeArguments") else ()


def _version(package: Mapping[str, Any]) -> str:
    read = _reference(clean(package.get("registryType")), clean(package.get("identifier")))
    written = clean(package.get("version")) or clean(package.get("fileSha256"))
    return written or (read.version if read else "")


@lru_cache(maxsize=1024)  # as of hosts
def _reference(kind: str, identifier: str) -> Reference | None:
    form = FORMS.get(kind)
    return form.read(identifier) if form else None


def _bundle(url: str) -> str:
    """Name the project of a bundle: its address has another version each time."""
    release = _RELEASE.search(url)
    return release[1] if release else url.rpartition("/")[2]


def _inputs(item: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what a package or a remote asks for, and what these are made of in turn."""
    for key in ("environmentVariables", "headers", "packageArguments", "runtimeArguments"):
        if key in item:
            for entered in objects(item[key]):
                yield clean(entered.get("name")) or clean(entered.get("valueHint")), entered
                if "variables" in entered:
                    yield from _variables(entered)
    yield from _variables(item)
    for transport in objects([item.get("transport")]):
        yield from _inputs(transport)


def _variables(item: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    variables = item.get("variables")
    if isinstance(variables, dict):
        yield from (
            (clean(name), variable)
            for name, variable in variables.items()
            if isinstance(variable, dict)
        )


def _runtime(package: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    return objects(package.get("runtimeArguments"))


def _option(argument: Mapping[str, Any]) -> str:
    given = clean(argument.get("value")) or clean(argument.get("default"))
    parts = (clean(argument.get("name")), given)
    return " ".join(part for part in parts if part)


@lru_cache(
    maxsize=1024
)  # the versions of a server mostly have the same, and each is asked for several times
def host_of(url: str) -> str:
    """Return the host of an address, "" for one that has none or that the reader fills in."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return "" if "{" in host else host


def _is_plain(url: str) -> bool:
    return url.lower().startswith("http://") and host_of(url) not in _LOCAL


def _unique(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
