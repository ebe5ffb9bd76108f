"""What hosts take, and how near a site is to it: said before the host says so in mid-upload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from builder.hosts.table import HOSTS
from builder.model.config import Config, Host
from builder.model.finding import Finding, Severity
from builder.model.layout import CONFIG

RULE = "host-limit"
NEAR = 0.8
"""From this part of a limit on it is worth a warning."""
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one plan of a host takes: files, bytes of one file, bytes in all. None: not stated."""

    name: str
    files: int | None = None
    file_bytes: int | None = None
    total_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The plans of a host, smallest first, and where they are documented."""

    source: str
    plans: tuple[Plan, ...]


# Netlify states none but 54,000 files in one folder; where the disk is yours, the disk is the limit.
LIMITS: Mapping[Host, Limits] = {
    "github-pages": Limits(
        "https://docs.github.com/en/pages/getting-started-with-github-pages/github-pages-limits",
        (Plan(name="every plan", total_bytes=1_000_000_000),),
    ),
    "cloudflare": Limits(
        "https://developers.cloudflare.com/workers/platform/limits/#static-assets",
        (
            Plan(name="the free plan", files=20_000, file_bytes=25 * MIB),
            Plan(name="the largest plan", files=100_000, file_bytes=25 * MIB),
        ),
    ),
    "azure": Limits(
        "https://learn.microsoft.com/azure/static-web-apps/quotas",
        (
            Plan(name="the free plan", files=15_000, total_bytes=250 * MIB),
            Plan(name="the standard plan", files=15_000, total_bytes=500 * MIB),
        ),
    ),
}


def limits(config: Config, files: int, total: int, largest: int) -> list[Finding]:
    """Compare a site with the limits of every named host.

    `files` is how many files it has, `total` and `largest` are bytes: of all, and of its largest
    file. Over the limits of the largest plan is an error; over those of a smaller one, or near
    the last, a warning.
    """
    return [
        finding
        for host in config.hosts
        if host in LIMITS
        for finding in _of_host(host, files, total, largest)
    ]


def _of_host(host: Host, files: int, total: int, largest: int) -> Iterator[Finding]:
    for what, value, attribute in (
        ("files", files, "files"),
        ("bytes in its largest file", largest, "file_bytes"),
        ("bytes", total, "total_bytes"),
    ):
        stated = [
            (plan, limit)
            for plan in LIMITS[host].plans
            if (limit := getattr(plan, attribute)) is not None
        ]
        exceeded = [(plan, limit) for plan, limit in stated if value > limit]
        near = [(plan, limit) for plan, limit in stated if NEAR * limit <= value <= limit]
        if exceeded or near:
            plan, limit = (exceeded or near)[-1]
            severity = Severity.ERROR if len(exceeded) == len(stated) else Severity.WARNING
            yield Finding(
                rule=RULE,
                severity=severity,
                path=CONFIG,
                pointer="/hosts",
                message=f"{HOSTS[host].title}: the site has {value:,} {what}, "
                f"and {plan.name} takes {limit:,}",
                help=f"See {LIMITS[host].source}; what makes a site smaller is in the "
                "documentation, under Hosts",
            )
