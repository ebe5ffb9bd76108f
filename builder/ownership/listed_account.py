"""Proof by namespace.yaml of the base branch: a listed account proposes the change.

An account is its host and its numeric id. Where a domain was the proof of the namespace, the
domain must still publish a key of the file: it may have been sold since.
"""

from __future__ import annotations

from builder.ownership import still_proved
from builder.ownership.proof import Case, Proof, ProofOutcome, fails, holds, is_open


def prove(case: Case) -> Proof:
    """Look for the claim's accounts among the owners, by server and id; logins do not count."""
    owners = case.owners.owners if case.owners else ()
    if case.owners is None or not owners:
        return fails("no account is listed as an owner")
    if not case.claim.is_of_somebody:
        return is_open("who proposes the change is known only on its pull request")
    if case.claim.run is not None and any(
        publisher.covers(server)
        for publisher in case.owners.trusted_publishers
        for server in case.servers
    ):
        return fails("runs of CI publish it only as one of its trusted publishers")
    listed = {owner.identity for owner in owners}
    for account in case.claim.accounts:
        if account.identity in listed:
            return _while_proved(case, f"the listed owner {account.described}")
    logins = {owner.login.casefold(): owner for owner in owners}
    for account in case.claim.accounts:
        if namesake := logins.get(account.login.casefold()):
            return fails(
                f"{account} only has the login of the owner {namesake}, "
                "which was renamed or registered again, or is another server's"
            )
    return fails(f"{case.claim} is not a listed owner")


def _while_proved(case: Case, listed: str) -> Proof:
    assert case.owners is not None
    still = still_proved.any_key(case.namespace, case.owners, case.network)
    if still.outcome is ProofOutcome.HOLDS:
        return holds(listed)
    return is_open(f"{listed} proposes it, but {still.reason}: the domain may have changed hands")
