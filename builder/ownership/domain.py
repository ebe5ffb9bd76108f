"""Domains behind namespaces, and the record by which a domain publishes its keys.

Record and reach are the official registry's (contract, section 5), so that one record serves
both. A namespace io.github.* belongs to an account, never to a domain: the hosts below
github.io go wherever the login goes.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Literal

from builder.model.errors import RemoteError
from builder.model.sidecars import Key, Namespace
from builder.ownership.key import public_key
from builder.ownership.proof import SIGNED, Case, Outcome, Proof, fails, is_open

WELL_KNOWN = "/.well-known/mcp-registry-auth"

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_RECORD = re.compile(r"v=MCPv1;\s*k=([^;]+);\s*p=([A-Za-z0-9+/=]+)")
_MAX_DOMAIN = 253
_MAX_LABELS = 8

Source = tuple[str, Callable[[], frozenset[Key]]]
"""A place where a domain publishes keys: what it is called, and a function that reads it."""


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
    """A domain and its parents with at least one dot, nearest first.

    Suffixes such as co.uk need no list of exceptions here: who can write a TXT record at co.uk
    itself runs that zone, and could answer for every name below it anyway.
    """
    labels = domain.split(".")
    return tuple(".".join(labels[start:]) for start in range(len(labels) - 1))


def record(key: Key) -> str:
    """The text by which a domain publishes a key: TXT value, or body of the well-known file."""
    return f"v=MCPv1; k={key.algorithm}; p={key.public}"


def read_record(text: str) -> Key | None:
    """Find the first record in a text; None without one, or if its key is malformed."""
    match = _RECORD.search(text)
    return public_key(match[1].strip(), match[2]) if match else None


def prove(case: Case, kind: Literal["dns", "http"], sources: Iterable[Source]) -> Proof:
    """Look for the keys of the signatures at each source in turn, until one publishes them all."""
    if not case.signers:
        return fails(case.unsigned)
    tried, troubles = [], []
    for name, read in sources:
        try:
            published = read()
        except RemoteError as error:
            troubles.append(error.message)
            continue
        if published.issuperset(case.signers):
            return Proof(
                outcome=Outcome.HOLDS,
                reason=f"a key published by {name}",
                grants=Namespace(keys=case.signers, proof=kind),
                covers=SIGNED,
            )
        tried.append(name)
    if troubles:
        return is_open("; ".join(troubles))
    if not tried:
        return fails(f"no domain can prove {case.namespace}")
    return fails(f"the key of the signatures is not published by {' or '.join(tried)}")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
