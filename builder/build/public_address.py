"""A registry for a public host names the address at which that host serves it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from builder.build.errors import EntriesError
from builder.git.repository import Repository
from builder.git.settings import load_config
from builder.hosts.table import named
from builder.model import strict_yaml
from builder.model.config import Config
from builder.model.finding import Finding, Severity
from builder.model.layout import CONFIG

RULE = "local-base-url"


def address_findings(config: Config, text: bytes) -> list[Finding]:
    """Return an error if a public host would serve links that lead to the reader's own machine.

    `text` is registry.yaml, for the line. On a disk of one's own a local address may be meant.
    """
    public = [host.title for host in named(config.hosts) if not host.own_disk]
    if not public or not _is_local(config.base_url):
        return []
    line, column = strict_yaml.locate(text, ("base_url",)) or (1, 1)
    return [
        Finding(
            rule=RULE,
            severity=Severity.ERROR,
            path=CONFIG,
            line=line,
            column=column,
            pointer="/base_url",
            message=f"{config.base_url} is this machine, and {public[0]} serves the site to others",
            help="give the address that readers will use, or name only hosts of your own (hosts: [nginx])",
        )
    ]


def refuse_local_address(repository: Repository, rev: str) -> None:
    """Raise EntriesError if the settings of a revision name a public host and a local address."""
    commit = repository.commit(rev)
    config, text = load_config(repository, commit), repository.blob(commit, CONFIG) or b""
    if findings := address_findings(config, text):
        raise EntriesError(tuple(findings), "the address is not one that readers can use")


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified
