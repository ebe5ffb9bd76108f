"""Proof by registry.yaml: its operator lets somebody publish there, known by an OpenID Connect token."""

from __future__ import annotations

from dataclasses import replace

from builder.ownership.proof import Case, Proof, fails, holds


def prove(case: Case) -> Proof:
    """Look for a grant of the namespace among those that a login brought."""
    for grant in case.claim.grants:
        if grant.covers(case.namespace):
            return replace(holds(f"registry.yaml, which grants it to {grant.to}"), by_operator=True)
    return fails(f"registry.yaml does not grant it to {case.claim}")
