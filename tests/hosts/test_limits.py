from __future__ import annotations

import pytest

from builder.build.limits import limits
from builder.hosts.table import MIB
from builder.model import config
from builder.model.finding import Severity
from tests.registry import CONFIG


def _config(*names: str) -> config.Config:
    return config.parse(f"{CONFIG}hosts: [{', '.join(names)}]\n".encode())


@pytest.mark.parametrize(
    ("host", "files", "total", "largest", "severities"),
    [
        ("cloudflare", 15_999, 10 * MIB, MIB, []),
        ("cloudflare", 16_000, 10 * MIB, MIB, [Severity.WARNING]),
        ("cloudflare", 20_001, 10 * MIB, MIB, [Severity.WARNING]),
        ("cloudflare", 100_000, 10 * MIB, MIB, [Severity.WARNING]),
        ("cloudflare", 100_001, 10 * MIB, MIB, [Severity.ERROR]),
        ("cloudflare", 1, 26 * MIB, 25 * MIB, [Severity.WARNING]),
        ("cloudflare", 100_001, 30 * MIB, 25 * MIB + 1, [Severity.ERROR, Severity.ERROR]),
        ("github-pages", 10**6, 799_999_999, MIB, []),
        ("github-pages", 10**6, 10**9, MIB, [Severity.WARNING]),
        ("github-pages", 10**6, 10**9 + 1, MIB, [Severity.ERROR]),
        ("azure", 15_000, MIB, MIB, [Severity.WARNING]),
        ("nginx", 10**7, 10**12, 10**10, []),
    ],
)
def test_near_is_a_warning_and_over_an_error(
    host: str, files: int, total: int, largest: int, severities: list[Severity]
) -> None:
    found = limits(_config(host), files, total, largest)
    assert [finding.severity for finding in found] == severities


def test_a_finding_says_host_value_and_limit() -> None:
    (finding,) = limits(_config("nginx", "cloudflare"), 100_001, 1, 1)
    assert finding.message == (
        "Cloudflare Pages and Workers: the site has 100,001 files, and the largest plan takes 100,000"
    )


@pytest.mark.parametrize(
    ("names", "v0_files", "whole_list"),
    [
        (("github-pages",), True, True),
        (("cloudflare",), False, False),
        (("cloudflare", "nginx"), False, True),
        (("cloudflare", "azure"), True, True),
    ],
)
def test_what_no_named_host_needs_may_be_left_out(
    names: tuple[str, ...], v0_files: bool, whole_list: bool
) -> None:
    assert _config(*names).needs_v0_files is v0_files
    assert _config(*names).needs_whole_list is whole_list


def test_without_v0_nothing_of_it_is_needed() -> None:
    settings = config.parse(f"{CONFIG}api: {{v0: false}}\nhosts: [github-pages]\n".encode())
    assert not settings.needs_v0_files
