"""The hosts and their limits on the documentation page "Hosts", made from the hosts' records."""

from __future__ import annotations

import re
from collections.abc import Iterable

from builder.hosts.table import HOSTS, Host


def fill(page: str) -> str:
    """Return the page with its generated parts, each between `<!-- NAME: ... -->` and `<!-- /NAME -->`."""
    return _replace(_replace(page, "hosts", _hosts()), "limits", _limits())


def _replace(page: str, name: str, text: str) -> str:
    marked = re.compile(rf"(<!-- {name}: [^>]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return marked.sub(lambda match: f"{match[1]}\n{text}\n\n{match[2]}", page)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _hosts() -> str:
    return "\n".join(_host(host) for host in HOSTS.values())


def _host(host: Host) -> str:
    files = ", ".join(f"`{path}`" for path, _ in host.files)
    named = f"* `{host.name}`: {host.title}, {host.tier.value}"
    return f"{named}, with {files}" if files else named


def _limits() -> str:
    rows = (
        [host.title, plan.name, *map(_number, (plan.files, plan.file_bytes, plan.total_bytes))]
        for host in HOSTS.values()
        for plan in host.plans
    )
    return table(["host", "plan", "files", "bytes of one file", "bytes in all"], rows)


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
