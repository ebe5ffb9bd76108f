"""Packages of the server whose name they should prove, and which fields are told as wrong."""

from __future__ import annotations

from typing import Any

from builder.model.package_types import PACKAGE_TYPES
from builder.rules import package_fields

OWNED: list[str] = []
NOT_OWNED, ABSENT, UNVERIFIED = ["package-not-owned"], ["package-not-found"], ["package-unverified"]


def wrong_fields(package: dict[str, Any]) -> list[str]:
    """The fields that the rules refuse, so that nobody is asked about the package."""
    kind = PACKAGE_TYPES[package["registryType"]]
    return [field.key for field in package_fields.wrong(kind, package)]


def npm(**changed: Any) -> dict[str, Any]:
    return {
        "registryType": "npm", "identifier": "@acme/weather", "version": "1.2.0+a b", **changed
    }  # fmt: skip


def bundle(identifier: str, **changed: Any) -> dict[str, Any]:
    return {
        "registryType": "mcpb", "identifier": identifier, "fileSha256": "ab" * 32, **changed
    }  # fmt: skip


RELEASE = "https://github.com/acme/weather/releases/download/v1.0.0/weather.mcpb"


def image(identifier: str = "ghcr.io/acme/weather:1.0", **changed: Any) -> dict[str, Any]:
    return {"registryType": "oci", "identifier": identifier, **changed}
