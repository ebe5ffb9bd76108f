"""Remotes that are the same for every user: nothing in their address or headers is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from builder.install.field import text
from builder.install.plan import Remote, remote
from builder.model.server_json import Document


def fixed_url(remotes: Iterable[Document]) -> str:
    """Return the first address that needs nothing of its user, "" if there is none."""
    for item in remotes:
        plan = remote(item, {}).plain
        if not isinstance(plan, Remote) or any(header.needed for header in plan.headers):
            continue
        if all(isinstance(part, str) for part in plan.url):
            return text(item, "url")
    return ""
