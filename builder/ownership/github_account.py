"""Proof for io.github.<owner> while it is free: the account of that login proposes the change.

https://registry.modelcontextprotocol.io grants the same namespaces to the same accounts. An
account of another GitHub server proves nothing of it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from builder.model.sidecars import GITHUB, Namespace, Owner
from builder.ownership.proof import Case, Proof, fails, holds, is_open

_NAMESPACE = re.compile(r"io\.github\.([a-z0-9][a-z0-9-]{0,63})", re.IGNORECASE | re.ASCII)
_PEOPLE = ("User", "Organization")


def prove(case: Case) -> Proof:
    """Compare the owner in the namespace with the accounts that stand for the change.

    Case does not count, as it does not on GitHub.
    """
    match = _NAMESPACE.fullmatch(case.namespace)
    if match is None:
        return fails(f"{case.namespace} is not io.github.<login>")
    if not case.claim.is_of_somebody:
        return is_open("who proposes the change is known only on its pull request")
    for account in case.claim.accounts:
        if account.login.casefold() != match[1].casefold() or account.type not in _PEOPLE:
            continue
        if account.host != GITHUB:
            return fails(f"{account} is an account of another server than {GITHUB}")
        owner = Owner(github=account.login, id=account.id)
        proof = holds(f"the GitHub account {account.described}")
        return replace(proof, grants=Namespace(owners=(owner,), proof="github"))
    return fails(f"{case.claim} is not the GitHub account {match[1]}")
