"""Proof for a namespace that is named after an account: that account proposes the change.

io.github.<login>, io.gitlab.<login> and page.codeberg.<login> are proved by accounts of the public
servers; those of a forge of one's own prove what registry.yaml grants them, and nothing else.
https://registry.modelcontextprotocol.io grants the first to the same accounts.
"""

from __future__ import annotations

from dataclasses import replace

from builder.model import forges
from builder.model.owner import Owner
from builder.model.sidecars import Namespace
from builder.ownership.account import GROUP, NAMESPACE, Account
from builder.ownership.proof import Case, Proof, fails, holds, is_open

_PEOPLE = ("User", "Organization", GROUP)


def prove(case: Case) -> Proof:
    """Compare the owner in the namespace with the accounts that stand for the change.

    Case does not count, as it does not on any forge.
    """
    match = forges.account_of(case.namespace, case.account_namespaces)
    if match is None:
        return fails(f"{case.namespace} is not named after an account, as io.github.<login> is")
    row, login = match
    if not case.claim.is_of_somebody:
        return is_open("who proposes the change is known only on its pull request")
    for account in case.claim.accounts:
        if account.login.casefold() == login and account.type == NAMESPACE:
            return fails(
                f"the job does not tell whether {account} is a group or a user: propose the first "
                "from the account, or let a direct member of the group start the job"
            )
        if account.login.casefold() != login or account.type not in _PEOPLE:
            continue
        if (account.forge, account.host) != (row.forge, row.host):
            return fails(f"{account} is an account of another server than {row.host}")
        proof = holds(f"the {row.server} account {account.described}")
        return replace(proof, grants=Namespace(owners=(owner_of(account),), proof=row.forge))
    return fails(f"{case.claim} is not the {row.server} account {login}")


def owner_of(account: Account) -> Owner:
    """Return an account as namespace.yaml lists it."""
    return Owner.model_validate(
        {
            account.forge: account.login,
            "id": account.id,
            "host": account.host,
            "group": account.type == GROUP,
        }
    )
