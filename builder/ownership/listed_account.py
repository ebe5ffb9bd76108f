"""Proof by namespace.yaml of the base branch: a listed account proposes the change."""

from __future__ import annotations

from builder.ownership.proof import Case, Outcome, Proof, fails, is_open


def prove(case: Case) -> Proof:
    """Look for the numeric ids of the claim's accounts among the owners; logins do not count."""
    owners = case.owners.owners if case.owners else ()
    if not owners:
        return fails("no account is listed as an owner")
    if not case.claim.accounts and case.claim.author is None:
        return is_open("who proposes the change is known only on its pull request")
    by_id = {owner.id for owner in owners}
    logins = {owner.github.casefold(): owner for owner in owners}
    for account in case.claim.accounts:
        if account.id in by_id:
            return Proof(outcome=Outcome.HOLDS, reason=f"the listed owner {account}")
    for account in case.claim.accounts:
        if namesake := logins.get(account.login.casefold()):
            return fails(
                f"{account} only has the login of the owner {namesake.github} ({namesake.id}), "
                "which was renamed or registered again"
            )
    return fails(f"{case.claim} is not a listed owner")
