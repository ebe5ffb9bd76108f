"""Reasons why a package is not taken as the server's: what the modules of the package types yield."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Package = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageProblem:
    """One reason: a code of CODES, the fact, how to fix it, and the package's key it is about."""

    code: str
    message: str
    help: str
    key: str = "identifier"


def text(package: Package, key: str) -> str:
    """Return the string at a key; "" for anything else, as the official registry reads it."""
    value = package.get(key)
    return value if isinstance(value, str) else ""


def not_found(what: str) -> PackageProblem:
    """The package version is not there."""
    return PackageProblem(
        code="package-not-found",
        message=f"there is no {what}",
        help="publish the package first; right after a release its registry may need some minutes",
    )


def not_owned(what: str, fact: str, help: str) -> PackageProblem:
    """The package is there and does not name the server."""
    return PackageProblem(code="package-not-owned", message=f"{what} {fact}", help=help)


def no_token(what: str, where: str, name: str) -> PackageProblem:
    """The token is not where it should be."""
    return not_owned(
        what,
        f"has no `mcp-name: {name}` in its {where}",
        f"publish a version whose {where} has the line: mcp-name: {name}",
    )
