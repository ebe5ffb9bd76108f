"""What the named hosts take, compared with a finished site before anything is uploaded."""

from __future__ import annotations

from collections.abc import Iterator

from builder.build.errors import EntriesError
from builder.hosts.table import Host, named
from builder.model.config import Config
from builder.model.finding import Finding, Severity, has_errors
from builder.model.layout import CONFIG

RULE = "host-limit"
WARNS_FROM = 0.8
"""The part of a limit from which on a site is worth a warning."""


def check_limits(config: Config, files: int, total: int, largest: int) -> tuple[Finding, ...]:
    """Return the warnings of `limits`; raise EntriesError if a host would refuse the site."""
    limit_findings = tuple(limits(config, files, total, largest))
    if has_errors(limit_findings):
        raise EntriesError(limit_findings, "a host would refuse it")
    return limit_findings


def limits(config: Config, files: int, total: int, largest: int) -> list[Finding]:
    """Return the findings of a site that exceeds, or comes close to, a limit of a named host.

    `files` is how many files the site has, `total` and `largest` are bytes: of all, and of its
    largest file. Over the limits of the largest plan is an error; over those of a smaller one,
    or close to the last, a warning.
    """
    return [
        finding for host in named(config.hosts) for finding in _of_host(host, files, total, largest)
    ]


def _of_host(host: Host, files: int, total: int, largest: int) -> Iterator[Finding]:
    for what, value, attribute in (
        ("files", files, "files"),
        ("bytes in its largest file", largest, "file_bytes"),
        ("bytes", total, "total_bytes"),
    ):
        stated = [
            (plan, limit) for plan in host.plans if (limit := getattr(plan, attribute)) is not None
        ]
        exceeded = [(plan, limit) for plan, limit in stated if value > limit]
        close = [(plan, limit) for plan, limit in stated if WARNS_FROM * limit <= value <= limit]
        if exceeded or close:
            plan, limit = (exceeded or close)[-1]
            severity = Severity.ERROR if len(exceeded) == len(stated) else Severity.WARNING
            yield Finding(
                rule=RULE,
                severity=severity,
                path=CONFIG,
                pointer="/hosts",
                message=f"{host.title}: the site has {value:,} {what}, "
                f"and {plan.name} takes {limit:,}",
                help=f"See {host.plans_page}; what makes a site smaller is in the "
                "documentation, under Hosts",
            )
