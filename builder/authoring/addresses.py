"""Where a new registry will be served, and what its extensions are called: from its git remote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

LOCAL_URL = "http://127.0.0.1:8000"
LOCAL_NAMESPACE = "com.example.registry"

_REMOTE = re.compile(
    r"(?:https://(?:[^@/]+@)?|ssh://git@|git@)(?P<host>github\.com|gitlab\.com|codeberg\.org)[/:]"
    r"(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?"
)
# host -> where its pages are served, and the start of its accounts' namespaces
_FORGES = {
    "github.com": ("github.io", "io.github"),
    "gitlab.com": ("gitlab.io", "io.gitlab"),
    "codeberg.org": ("codeberg.page", "page.codeberg"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryAddresses:
    """The addresses of a registry: its site, its repository, and its reverse-DNS name."""

    base_url: str
    extension_namespace: str
    repository: str


def from_remote(url: str) -> RegistryAddresses | None:
    """Return the addresses that a remote on a known forge leads to; None for any other remote.

    They are those that the forge's own pages have: https://docs.github.com/en/pages.
    """
    match = _REMOTE.fullmatch(url)
    if match is None:
        return None
    host, owner, name = match["host"], match["owner"], match["name"]
    pages, start = _FORGES[host]
    site = f"{owner.lower()}.{pages}"
    path = "" if name.lower() == site else f"/{name}"
    labels = [_label(owner)] if not path else [_label(owner), _label(name)]
    return RegistryAddresses(
        base_url=f"https://{site}{path}",
        extension_namespace=".".join([start, *labels]),
        repository=f"https://{host}/{owner}/{name}",
    )


def namespace_of(base_url: str) -> str:
    """Return the reverse-DNS name of the host of an address, "" if the host is no domain name."""
    labels = (urlsplit(base_url).hostname or "").split(".")
    is_domain = len(labels) > 1 and not labels[-1].isdigit()
    return ".".join(map(_label, reversed(labels))) if is_domain else ""


def _label(text: str) -> str:
    """Write an account or a repository as a label of a reverse-DNS name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "registry"
