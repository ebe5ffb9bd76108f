"""Who would propose a change: an account by its login, as `check --as` names it.

Its numeric id is what counts, and no network is asked for it: it may be given (`alice:583231`), or
is that which the namespaces of the change list beside the login. Its server may be given too
(`gitlab.com/alice`); without one it is github.com.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from builder.gate.report.report import Report
from builder.git import settings
from builder.git.change import Change
from builder.git.repository import Repository
from builder.model import sidecars
from builder.model.errors import ConfigError, RegistryError
from builder.model.finding import Finding, Severity
from builder.model.forges import FORGE_KINDS, GITHUB, ForgeName, account_of
from builder.model.layout import namespace_path
from builder.ownership.proposer import UNKNOWN_ID, Claim, as_account

LOGIN_CASE = "login-case"
_FORM = re.compile(
    r"(?:([a-z0-9.-]+(?::[0-9]+)?)/)?([A-Za-z0-9][A-Za-z0-9_.-]{0,254})(?::([0-9]{1,15}))?"
)


def claim_of(repository: Repository, change: Change, text: str) -> Claim:
    """Read [HOST/]LOGIN[:ID]; RegistryError if it is no account of a server that is known here."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise RegistryError(
            f"{text!r} is not a login", help="write --as LOGIN, LOGIN:ID or gitlab.com/LOGIN"
        )
    host, login, id = match[1] or GITHUB, match[2], match[3]
    known = int(id) if id else next(_listed(repository, change, login, host), UNKNOWN_ID)
    return as_account(login, known, host=host, forge=_forge_at(repository, change, host))


def _forge_at(repository: Repository, change: Change, host: str) -> ForgeName:
    """Return the kind of forge at a host: a public one, or one that registry.yaml names."""
    public = {kind.host: kind.name for kind in FORGE_KINDS.values()}
    try:
        granted = settings.load_config(repository, change.base).policy.accounts
    except ConfigError:
        granted = ()
    hosts = {**{grant.host: grant.forge for grant in granted}, **public}
    if host not in hosts:
        raise RegistryError(
            f"{host} is no forge that this registry knows",
            help="name it in registry.yaml, below policy.accounts",
        )
    return hosts[host]


def _listed(repository: Repository, change: Change, login: str, host: str) -> Iterator[int]:
    for commit in (change.base, change.head):
        for namespace in change.namespaces:
            data = repository.blob(commit, namespace_path(namespace))
            try:
                owners = sidecars.read_namespace(data).owners if data is not None else ()
            except sidecars.SidecarError:
                owners = ()
            for owner in owners:
                if owner.login.casefold() == login.casefold() and owner.host == host:
                    yield owner.id


def without_unknown_id(report: Report) -> Report:
    """Return a report that names an account alone, and says in a suggestion where its number belongs."""

    def put(text: str) -> str:
        without = text.replace(f" ({UNKNOWN_ID})", "")
        return without.replace(str(UNKNOWN_ID), "YOUR-NUMERIC-ID")

    return replace(
        report,
        reason=put(report.reason),
        findings=tuple(
            replace(finding, message=put(finding.message), help=put(finding.help))
            for finding in report.findings
        ),
        namespaces=tuple(
            replace(namespace, reason=put(namespace.reason)) for namespace in report.namespaces
        ),
    )


def login_case(change: Change, claim: Claim) -> Iterator[Finding]:
    """Yield a warning where a namespace differs from the login only in case: upstream refuses that."""
    for namespace, touches in change.namespaces.items():
        named, owner = account_of(namespace), namespace.rpartition(".")[2]
        for account in claim.accounts:
            same = owner.casefold() == account.login.casefold()
            is_github = named is not None and named[0].host == GITHUB
            if is_github and same and owner != account.login:
                yield Finding(
                    rule=LOGIN_CASE,
                    severity=Severity.WARNING,
                    path=touches[0].path,
                    message=f"the namespace {namespace} is spelled otherwise than the login {account.login}",
                    help=f"the official registry compares case: publish as io.github.{account.login}",
                )
