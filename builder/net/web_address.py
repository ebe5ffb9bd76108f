"""Addresses that a person types: of the web, with the scheme in front."""

from __future__ import annotations

from builder.model.errors import RemoteError


def require_web_address(url: str) -> None:
    """Raise RemoteError for a text that does not begin as an address of the web does."""
    if not url.startswith(("http://", "https://")):
        raise RemoteError(f"{url} is not a web address", help="it starts with https:// or http://")
