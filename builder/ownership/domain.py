"""The record by which a domain publishes its keys, and the search for keys at a domain.

Record and reach are the official registry's (contract, section 5), so that one record serves
both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from builder.model.errors import RemoteError
from builder.model.sidecars import Key, Namespace
from builder.ownership.key import public_key
from builder.ownership.proof import Case, Proof, ProofOutcome, fails, holds, is_open

WELL_KNOWN = "/.well-known/mcp-registry-auth"

_NAMES = {"dns": "DNS", "http": "HTTPS"}
_RECORD = re.compile(r"v=MCPv1;\s*k=([^;]+);\s*p=([A-Za-z0-9+/=]+)")

Source = tuple[str, Callable[[], frozenset[Key]]]
"""A place where a domain publishes keys: what it is called, and a function that reads it."""


def record(key: Key) -> str:
    """Return the text by which a domain publishes a key: TXT value, or body of the web file."""
    return f"v=MCPv1; k={key.algorithm}; p={key.public}"


def read_record(text: str) -> Key | None:
    """Return the key of the first record in a text; None without one, or if it is malformed."""
    match = _RECORD.search(text)
    return public_key(match[1].strip(), match[2]) if match else None


def prove(case: Case, kind: Literal["dns", "http"], sources: Iterable[Source]) -> Proof:
    """Look for the keys of the signatures at each source in turn, until one publishes them all.

    A key that the claim holds was looked for when it was shown.
    """
    for held in case.held if not case.signers else ():
        if held.source == kind:
            proof = holds(f"a key published by {held.domain} ({_NAMES[kind]})")
            return replace(proof, grants=Namespace(keys=(held.key,), proof=kind))
    if not case.signers:
        return fails(case.unsigned)
    proof = search(case.namespace, sources, lambda published: published.issuperset(case.signers))
    if proof.outcome is not ProofOutcome.HOLDS:
        return proof
    return replace(proof, grants=Namespace(keys=case.signers, proof=kind), only_signed=True)


def search(
    namespace: str, sources: Iterable[Source], enough: Callable[[frozenset[Key]], bool]
) -> Proof:
    """Read each source in turn until one publishes enough.

    The proof is open if none does and one could not be read.
    """
    read_names, troubles = [], []
    for name, read in sources:
        try:
            published = read()
        except RemoteError as error:
            troubles.append(error.message)
            continue
        if enough(published):
            return holds(f"a key published by {name}")
        read_names.append(name)
    if troubles:
        return is_open("; ".join(troubles))
    if not read_names:
        return fails(f"no domain can prove {namespace}")
    return fails(f"the key is not published by {' or '.join(read_names)}")
