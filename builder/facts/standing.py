"""Does the proof of a namespace still hold? Asked again, long after it was given.

A domain must still publish a pinned key; an owner's account must still be there; and where the
namespace is named after an account, that account must still have the login.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from builder.facts.accounts import ForgeAccounts
from builder.model import forges
from builder.model.errors import RemoteError
from builder.model.forges import AccountNamespaces
from builder.model.owner import Owner
from builder.model.proof_facts import ProofFacts
from builder.model.sidecars import Namespace
from builder.net.network import Network
from builder.ownership import still_proved
from builder.ownership.proof import ProofOutcome

_MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofAnswer:
    """Whether a proof holds, None if that could not be found out; `notes` are for the operator."""

    holds: bool | None
    trouble: str = ""
    notes: tuple[str, ...] = ()


def ask(
    namespace: str,
    record: Namespace,
    network: Network,
    accounts: ForgeAccounts,
    granted: tuple[AccountNamespaces, ...] = (),
) -> ProofAnswer:
    """Ask whether what namespace.yaml says holds today."""
    if record.proof in still_proved.SOURCES:
        proof = still_proved.any_key(namespace, record, network)
        if proof.outcome is ProofOutcome.OPEN:
            return ProofAnswer(holds=None, trouble=proof.reason)
        if proof.outcome is ProofOutcome.FAILS:
            return ProofAnswer(holds=False, trouble=proof.reason[:_MOST])
    return _of_accounts(namespace, record, accounts, granted)


def again(
    before: ProofFacts | None, standing: ProofAnswer, day: str, every: int
) -> ProofFacts | None:
    """Return the facts to keep after asking on a day.

    A proof that goes on holding is dated anew after `every` days: each date is a change that every
    client fetches. What could not be asked changes nothing.
    """
    if standing.holds is None:
        return before
    if not standing.holds:
        since = before.failing if before and before.failing else day
        proved = before.proved if before else ""
        return ProofFacts(proved=proved, failing=since, trouble=standing.trouble)
    if before and before.proved and not before.failing and _days(before.proved, day) < every:
        return before
    return ProofFacts(proved=day)


def _of_accounts(
    namespace: str,
    record: Namespace,
    accounts: ForgeAccounts,
    granted: tuple[AccountNamespaces, ...],
) -> ProofAnswer:
    try:
        logins = [(owner, accounts.login(owner)) for owner in record.owners]
    except RemoteError as error:
        return ProofAnswer(holds=None, trouble=error.message)
    notes = tuple(_changed(owner, login) for owner, login in logins if login != owner.login)
    trouble = _lost(namespace, record, logins, granted)
    return ProofAnswer(holds=not trouble, trouble=trouble[:_MOST], notes=notes)


def _changed(owner: Owner, login: str | None) -> str:
    return f"{owner} is called {login} now" if login else f"{owner} has no account any more"


def _lost(
    namespace: str,
    record: Namespace,
    logins: Sequence[tuple[Owner, str | None]],
    granted: tuple[AccountNamespaces, ...],
) -> str:
    """Return why accounts no longer prove a namespace, "" if they do."""
    match = forges.account_of(namespace, granted)
    if match is not None and record.proof in forges.FORGE_KINDS:
        named = (match[0].host, match[1])
        for owner, login in logins:
            if (owner.host, owner.login.lower()) == named and (login or "").lower() != named[1]:
                became = f"is called {login} now" if login else "is gone"
                return f"the account that it is named after, {owner.id}, {became}"
    if record.owners and not record.keys and not any(login for _, login in logins):
        return "no owner has an account any more"
    return ""


def _days(since: str, until: str) -> int:
    return (date.fromisoformat(until) - date.fromisoformat(since)).days
