"""Who would propose a change: an account by its login, as `check --as` names it.

Its numeric id is what counts, and no network is asked for it: it may be given (`alice:583231`), or
is that which the namespaces of the change list beside the login.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from builder.gate.report.report import Report
from builder.git.change import Change
from builder.git.repository import Repository
from builder.model import sidecars
from builder.model.errors import RegistryError
from builder.model.finding import Finding, Severity
from builder.model.layout import namespace_path
from builder.model.sidecars import GITHUB
from builder.ownership.proposer import UNKNOWN_ID, Claim, as_account

LOGIN_CASE = "login-case"
_FORM = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})(?::([0-9]{1,15}))?")


def claim_of(repository: Repository, change: Change, text: str) -> Claim:
    """Read LOGIN or LOGIN:ID; RegistryError if it is neither."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise RegistryError(f"{text!r} is not a login", help="write --as LOGIN, or --as LOGIN:ID")
    login, id = match.groups()
    known = int(id) if id else next(_listed(repository, change, login), UNKNOWN_ID)
    return as_account(login, known)


def _listed(repository: Repository, change: Change, login: str) -> Iterator[int]:
    for commit in (change.base, change.head):
        for namespace in change.namespaces:
            data = repository.blob(commit, namespace_path(namespace))
            try:
                owners = sidecars.read_namespace(data).owners if data is not None else ()
            except sidecars.SidecarError:
                owners = ()
            for owner in owners:
                if owner.github.casefold() == login.casefold() and owner.host == GITHUB:
                    yield owner.id


def without_unknown_id(report: Report) -> Report:
    """Return a report that says where a numeric id belongs, not the number that stood for it."""

    def put(text: str) -> str:
        return text.replace(str(UNKNOWN_ID), "YOUR-NUMERIC-ID")

    return replace(
        report,
        reason=put(report.reason),
        findings=tuple(
            replace(one, message=put(one.message), help=put(one.help)) for one in report.findings
        ),
        namespaces=tuple(replace(one, reason=put(one.reason)) for one in report.namespaces),
    )


def login_case(change: Change, claim: Claim) -> Iterator[Finding]:
    """Yield a warning where a namespace differs from the login only in case: upstream refuses that."""
    for namespace, touches in change.namespaces.items():
        prefix, _, owner = namespace.rpartition(".")
        for account in claim.accounts:
            same = owner.casefold() == account.login.casefold()
            if prefix.lower() == "io.github" and same and owner != account.login:
                yield Finding(
                    rule=LOGIN_CASE,
                    severity=Severity.WARNING,
                    path=touches[0].path,
                    message=f"the namespace {namespace} is spelled otherwise than the login {account.login}",
                    help=f"the official registry compares case: publish as io.github.{account.login}",
                )
