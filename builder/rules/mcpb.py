"""Where an MCPB bundle may be downloaded from: releases of GitHub and GitLab (contract, section 4)."""

from __future__ import annotations

import re

from builder.rules.engine import go_url

_GITHUB = re.compile(
    r"/[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,37}[a-zA-Z0-9])?/[a-zA-Z0-9._-]+/releases/download/[^/]+/[^/]+"
)
_PROJECT = r"/[a-zA-Z0-9._-]+(?:/[a-zA-Z0-9._-]+)*"
_GITLAB = re.compile(
    rf"{_PROJECT}/-/(?:releases/[^/]+/downloads/[^/]+|package_files/[0-9]+/download)"
)
_PATHS = {
    "github.com": _GITHUB,
    "www.github.com": _GITHUB,
    "gitlab.com": _GITLAB,
    "www.gitlab.com": _GITLAB,
}


def mcpb_url_shape(url: str) -> bool:
    """Return whether host and path of a URL are those of a release download.

    As in the official code this says nothing of the scheme, nor of the `mcp` that the URL must
    contain: `mcpb_url_problem` asks all three.
    """
    parsed = go_url.parse(url)
    if parsed is None:
        return False
    path = _PATHS.get(parsed.host.lower())
    return path is not None and path.fullmatch(parsed.path) is not None


def mcpb_url_problem(url: str) -> str | None:
    """Return why the official registry refuses an MCPB bundle at `url`, or None if it does not."""
    parsed = go_url.parse(url)
    if parsed is None:
        return "is not a URL"
    if not mcpb_url_shape(url):
        return "is not a release download of github.com or gitlab.com"
    if parsed.scheme != "https":
        return "is not an https address"
    return None if "mcp" in url.lower() else "does not contain 'mcp'"
