"""What a registry that is read with a login tells clients about it (RFC 9728).

`serve` and the edge worker both say this; how they check tokens is their own business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from builder.model.reading_settings import ReadingSettings

WELL_KNOWN = "/.well-known/oauth-protected-resource"


def metadata_url(base_url: str) -> str:
    """Return where the metadata is: the well-known path stands before that of the registry."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}{WELL_KNOWN}{parts.path}"


def metadata_paths(base_url: str) -> tuple[str, ...]:
    """Return the paths that answer the metadata; the last one where a proxy adds the prefix."""
    path = urlsplit(base_url).path
    return tuple(dict.fromkeys((f"{WELL_KNOWN}{path}", WELL_KNOWN, f"{path}{WELL_KNOWN}")))


def metadata(settings: ReadingSettings, base_url: str) -> Mapping[str, Any]:
    """Return what leads a client to the issuer (RFC 9728, section 2)."""
    scopes = {"scopes_supported": settings.scopes} if settings.scopes else {}
    return {
        "resource": base_url,
        "authorization_servers": [settings.issuer],
        "bearer_methods_supported": ["header"],
        **scopes,
    }


def audience(settings: ReadingSettings, base_url: str) -> str:
    """Return whom tokens must be for: the registry itself, where the settings name nobody."""
    return settings.audience or base_url


def worker_login(settings: ReadingSettings, base_url: str) -> Mapping[str, Any]:
    """Return what the edge worker is told of the login (site/worker/types.js: Login)."""
    return {
        "issuer": settings.issuer,
        "audience": audience(settings, base_url),
        "scopes": settings.scopes,
        "claims": [{"name": claim.name, "value": claim.value} for claim in settings.claims],
        "paths": metadata_paths(base_url),
        "metadataUrl": metadata_url(base_url),
        "metadata": metadata(settings, base_url),
    }
