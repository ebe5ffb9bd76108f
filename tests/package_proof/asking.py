"""Ask package registries that are servers on loopback."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from builder.model.finding import Finding
from builder.net.retry import RetryPolicy
from builder.package_proof import ProofSettings, verify_packages
from tests.patience import PATIENCE

NAME = "com.example/weather"
PATH = "servers/com.example/weather/1.0.0.json"
QUICK = RetryPolicy(tries=3, first=0.01, longest=0.1)


def settings(bases: Mapping[str, str], **changed: Any) -> ProofSettings:
    values = {
        "bases": bases,
        "reachable": (ipaddress.ip_network("127.0.0.1/32"),),
        "seconds": PATIENCE,
        "retry": QUICK,
        **changed,
    }
    return ProofSettings(**values)


def ask(package: Mapping[str, Any], bases: Mapping[str, str], **changed: Any) -> list[Finding]:
    """Verify one package of the server NAME."""
    return verify_packages({"name": NAME, "packages": [package]}, PATH, settings(bases, **changed))


def codes(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]
