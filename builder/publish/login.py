"""Logins: each takes a proof of the official API, and returns who that is and what it grants.

Contract, section 5. What is proved here is what the gate asks of a pull request: accounts by
their numbers, keys that a domain publishes, and grants of registry.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from builder.model.config import Config
from builder.model.errors import RemoteError
from builder.ownership import ci_run, oidc
from builder.ownership.account import GROUP, NAMESPACE, Account
from builder.ownership.ci_run import CiRun
from builder.ownership.oidc import IssuedClaims, TokenRefused
from builder.ownership.proposer import Claim, Grant
from builder.publish import domain_login, github_login, oidc_rules
from builder.publish.github_login import TokenUnknown
from builder.publish.identity import Identity, Method, Permission
from builder.publish.login_context import LoginContext, LoginRefused, Proof

ANONYMOUS = "io.modelcontextprotocol.anonymous/*"


Exchange = Callable[[LoginContext, Proof, float], Identity]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginMethod:
    """A way to log in: the fields that its proof has, whether it is open here, and what it does."""

    fields: tuple[str, ...]
    is_open: Callable[[Config], bool]
    exchange: Exchange


def log_in(context: LoginContext, method: LoginMethod, proof: Proof, now: float) -> Identity:
    """Return who a proof is of; LoginRefused if it does not hold. `now`: seconds since 1970."""
    try:
        return method.exchange(context, proof, now)
    except (TokenRefused, TokenUnknown) as error:
        raise LoginRefused(str(error)) from error
    except RemoteError as error:
        raise LoginRefused(error.message, 502) from error


def _anonymous(_context: LoginContext, _proof: Proof, _now: float) -> Identity:
    grant = Grant(names=(ANONYMOUS,), to="anybody")
    return Identity(
        method="none",
        id="anybody",
        subject="anonymous",
        claim=Claim(grants=(grant,)),
        permissions=(Permission(action="publish", resource=ANONYMOUS),),
    )


def _github_token(context: LoginContext, proof: Proof, _now: float) -> Identity:
    github = context.config.publish.github
    assert github is not None
    claim = github_login.claim_of(proof["github_token"], github)
    return _of_accounts("github-at", claim, "io.github")


def _github_workflow(context: LoginContext, proof: Proof, now: float) -> Identity:
    github = context.config.publish.github
    assert github is not None
    issued = _verified(context, proof["oidc_token"], github.actions, context.audience, now)
    run = ci_run.github_run(issued, github.host)
    ci_run.require_publishing(run)
    return _of_accounts("github-oidc", _claim_of_run(run), "io.github")


def _claim_of_run(run: CiRun) -> Claim:
    # The token does not say whether the owner is a person; its number is what counts.
    owner = Account(login=run.owner, id=run.owner_id, type="User", host=run.host)
    return Claim(author=owner, accounts=(owner,), run=run)


def _claim_of_job(issued: IssuedClaims) -> Claim:
    """Return the account that a job of GitLab CI stands for: its group, or the user whose project it is.

    A user's namespace has a number of its own; it is the user's that counts, which a job does not
    tell that somebody else started there. The groups are told that this person is in
    (https://docs.gitlab.com/ci/secrets/id_token_authentication/).
    """
    run = ci_run.gitlab_run(issued)
    ci_run.require_publishing(run)
    is_own = issued.claims.get("user_login") == run.owner
    groups = issued.claims.get("groups_direct")
    is_group = "/" in run.owner or (isinstance(groups, list) and run.owner in groups)
    owner = Account(
        login=run.owner,
        id=issued.number("user_id") if is_own else run.owner_id,
        type="User" if is_own else GROUP if is_group else NAMESPACE,
        host=run.host,
        forge="gitlab",
        administered=not is_own,
    )
    return Claim(author=owner, accounts=(owner,), run=run)


def _of_accounts(method: Method, claim: Claim, prefix: str) -> Identity:
    account = claim.accounts[0]
    return Identity(
        method=method,
        id=f"{account.host} {'group' if account.identity.is_group else 'account'} {account.id}",
        subject=str(account),
        claim=claim,
        permissions=tuple(
            Permission(action="publish", resource=f"{prefix}.{account.login}/*")
            for account in claim.accounts
        ),
    )


def _oidc(context: LoginContext, proof: Proof, now: float) -> Identity:
    settings = context.config.publish
    issuers = {login.issuer: login for login in settings.oidc}
    token = proof["oidc_token"]
    if settings.gitlab and oidc.issuer_of(token) == settings.gitlab:
        issued = _verified(context, token, settings.gitlab, context.audience, now)
        return _of_accounts("gitlab-oidc", _claim_of_job(issued), "io.gitlab")
    login = issuers.get(oidc.issuer_of(token))
    if login is None:
        raise TokenRefused("the token is of no issuer that this registry takes")
    issued = _verified(context, token, login.issuer, login.client_id, now)
    return oidc_rules.identity(issued, login)


def _verified(
    context: LoginContext, token: str, issuer: str, audience: str, now: float
) -> IssuedClaims:
    """Verify a token, which may be used once."""
    issued = oidc.verify(token, [issuer], audience, context.keys, now)
    # What is signed, not the signature: that can be spelled in several ways which all hold.
    signed = token.rpartition(".")[0]
    again = "the token was used before: ask for another"
    context.use(signed, issued.expires + oidc.LEEWAY, now, again)
    return issued


METHODS: Mapping[str, LoginMethod] = {
    "none": LoginMethod(
        fields=(), is_open=lambda config: config.publish.anonymous, exchange=_anonymous
    ),
    "github-at": LoginMethod(
        fields=("github_token",),
        is_open=lambda config: config.publish.github is not None,
        exchange=_github_token,
    ),
    "github-oidc": LoginMethod(
        fields=("oidc_token",),
        is_open=lambda config: config.publish.github is not None,
        exchange=_github_workflow,
    ),
    "dns": LoginMethod(
        fields=("domain", "timestamp", "signed_timestamp"),
        is_open=lambda _: True,
        exchange=domain_login.by_dns,
    ),
    "http": LoginMethod(
        fields=("domain", "timestamp", "signed_timestamp"),
        is_open=lambda _: True,
        exchange=domain_login.by_http,
    ),
    "oidc": LoginMethod(
        fields=("oidc_token",),
        is_open=lambda config: bool(config.publish.oidc or config.publish.gitlab),
        exchange=_oidc,
    ),
}
"""The ways to log in, by the last part of the address: /v0.1/auth/<name>."""
