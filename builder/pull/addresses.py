"""The addresses that a registry's files name: only of the web, and never away from https."""

from __future__ import annotations

from typing import Any

import httpx

from builder.model.errors import RegistryError, RemoteError


def home(url: str) -> httpx.URL:
    """Return a registry's address as its user gave it, with `/` at its end; RegistryError if it is none."""
    try:
        return httpx.URL(url.removesuffix("index.json").rstrip("/") + "/")
    except (httpx.InvalidURL, ValueError) as error:
        raise RegistryError(f"{url:.200} is not a web address: {error}") from error


def join(base: httpx.URL, url: str) -> httpx.URL:
    """Resolve an address that a file names; RemoteError if it is not one of the web."""
    try:
        full = base.join(url)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise RemoteError(f"{base} names {url!r:.200}, which is not an address") from error
    if full.scheme not in ("http", "https"):
        raise RemoteError(f"{base} names {full}, which is not a web address")
    _require_kept_secret(base, full)
    return full


def _require_kept_secret(asked: httpx.URL, led: httpx.URL) -> None:
    """Refuse to be led from https to where anybody on the way can change what is said."""
    if asked.scheme == "https" and led.scheme != "https":
        raise RemoteError(f"{asked} leads to {led}, away from https")


def resource(url: httpx.URL, service: Any, kind: str) -> str:
    """Return the address of a resource by its type in the service index; RemoteError if it has none."""
    resources = service.get("resources") if isinstance(service, dict) else None
    for resource in resources if isinstance(resources, list) else ():
        if isinstance(resource, dict) and resource.get("type") == kind:
            return str(resource.get("url"))
    raise RemoteError(
        f"{url} names no resource of type {kind}",
        help="give the address of the registry's home page",
    )
