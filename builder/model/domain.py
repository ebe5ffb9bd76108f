"""Domains behind namespaces: `com.example` is `example.com` in reverse (contract, section 5).

A namespace io.github.* belongs to an account, never to a domain: the hosts below github.io go
wherever the login goes.
"""

from __future__ import annotations

import ipaddress
import re

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_MAX_DOMAIN = 253
_MAX_LABELS = 8


def domain_of(namespace: str) -> str | None:
    """Reverse a namespace into its domain, in lower case; None if no domain can prove it."""
    labels = namespace.lower().split(".")
    if labels[:2] == ["io", "github"] or not 2 <= len(labels) <= _MAX_LABELS:
        return None
    domain = ".".join(reversed(labels))
    if len(domain) > _MAX_DOMAIN or not all(map(_LABEL.fullmatch, labels)):
        return None
    # A top-level domain is never a number: it would be (part of) an IP address.
    return None if labels[0].isdecimal() or _is_address(domain) else domain


def lineage(domain: str) -> tuple[str, ...]:
    """Return a domain and its parents with at least one dot, nearest first.

    Suffixes such as co.uk need no list of exceptions here: who can write a TXT record at co.uk
    itself runs that zone, and could answer for every name below it anyway.
    """
    labels = domain.split(".")
    return tuple(".".join(labels[start:]) for start in range(len(labels) - 1))


def covers(namespace: str, proof: str, host: str) -> bool:
    """Return whether a namespace's proof is a proof of a host: `host` in lower case.

    A record in DNS speaks for the domain and all below it, a file on a website for that host.
    """
    domain = domain_of(namespace)
    if domain is None or proof not in ("dns", "http"):
        return False
    return host == domain or (proof == "dns" and host.endswith(f".{domain}"))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
