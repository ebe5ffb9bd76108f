"""References to packages, as runners read them: `@acme/weather@1.2.3`, `ghcr.io/acme/weather:1`.

Two references name the same package if name and version are equal: names are normalised here, and
`docker.io/library/redis` is `redis`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_LABELS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_MORE = rf"(?:-{_LABELS})?(?:\+{_LABELS})?"
# npm takes what is no version for a tag, which its owner can move: `1.0.0-a..b` too.
_SEMVER = re.compile(rf"v?\d+\.\d+\.\d+{_MORE}", re.ASCII)
# A name without a scope that ends like an archive's is a file (npm-package-arg).
_NPM = re.compile(
    r"((?:@[a-z0-9~_][\w.~-]*/|(?!(?:[^@]*)\.(?:tgz|tar|tar\.gz)(?:@|$)))[a-z0-9~_][\w.~-]*)(?:@(.+))?",
    re.ASCII | re.I,
)
# PEP 440, appendix B, without its separators that stand for none: what is no version, uvx takes for a path.
_PEP_440 = re.compile(
    r"v?(?:\d+!)?\d+(?:\.\d+)*"
    r"(?:[-_.]?(?:alpha|a|beta|b|preview|pre|c|rc)[-_.]?\d*)?"
    r"(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?"
    r"(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?",
    re.ASCII | re.I,
)
_PYPI = re.compile(
    r"([a-z0-9](?:[\w.-]*[a-z0-9])?)(?:\[([\w.,-]+)\])?(?:(?:==|@)([^=@]+))?", re.ASCII | re.I
)
_NUGET = re.compile(r"([a-z0-9_][\w.-]*)(?:@(.+))?", re.ASCII | re.I)
_CARGO = re.compile(r"([a-z][\w-]*)(?:@(.+))?", re.ASCII | re.I)
_OCI = re.compile(
    r"((?:[a-z0-9][\w.-]*(?::\d+)?/)?[a-z0-9][\w./-]*)(?::(\w[\w.-]*))?(?:@([a-z0-9]+:[0-9a-f]+))?",
    re.ASCII | re.I,
)
DOCKER_HUB = ("docker.io/", "index.docker.io/", "registry-1.docker.io/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A package by its normalised name, and the version that is asked for ("" for any).

    `extras` are those of a Python package, in brackets; they are no part of what it is called.
    """

    name: str
    version: str = ""
    extras: str = ""

    @property
    def package(self) -> tuple[str, str]:
        """What tells one package from another."""
        return self.name, self.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the packages of one registry are referred to, and what an exact version of them is."""

    read: Callable[[str], Reference | None]
    exact: re.Pattern[str]


def _npm(text: str) -> Reference | None:
    match = _NPM.fullmatch(text)
    return Reference(name=match[1], version=match[2] or "") if match else None


def _pypi(text: str) -> Reference | None:
    match = _PYPI.fullmatch(text)
    if match is None:
        return None
    name = re.sub(r"[-_.]+", "-", match[1]).lower()
    extras = f"[{match[2]}]" if match[2] else ""
    return Reference(name=name, version=match[3] or "", extras=extras)


def _nuget(text: str) -> Reference | None:
    match = _NUGET.fullmatch(text)
    return Reference(name=match[1].lower(), version=match[2] or "") if match else None


def _cargo(text: str) -> Reference | None:
    match = _CARGO.fullmatch(text)
    return Reference(name=match[1], version=match[2] or "") if match else None


def _oci(text: str) -> Reference | None:
    match = _OCI.fullmatch(text)
    if match is None:
        return None
    name = match[1]
    for host in DOCKER_HUB:
        name = name.removeprefix(host)
    if name.count("/") == 1:
        name = name.removeprefix("library/")
    version = "@".join(part for part in (match[2], match[3]) if part)
    return Reference(name=name, version=version)


FORMS: Mapping[str, Form] = {
    "npm": Form(read=_npm, exact=_SEMVER),
    "pypi": Form(read=_pypi, exact=_PEP_440),
    "oci": Form(read=_oci, exact=re.compile(r"\w[\w.-]*", re.ASCII)),
    "nuget": Form(read=_nuget, exact=re.compile(rf"\d+(?:\.\d+){{1,3}}{_MORE}", re.ASCII)),
    "cargo": Form(read=_cargo, exact=_SEMVER),
}
