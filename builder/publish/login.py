"""Logins: each takes a proof of the official API, and returns who that is and what it grants.

Contract, section 5. What is proved here is what the gate asks of a pull request: accounts by
their numbers, keys that a domain publishes, and grants of registry.yaml.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from builder.model.config import Config
from builder.model.domain import domain_of
from builder.model.errors import RemoteError
from builder.model.sidecars import Key
from builder.model.timestamp import SECOND, parse
from builder.net.network import Network
from builder.ownership import ci_run, dns_record, oidc, signature, well_known
from builder.ownership.account import GROUP, Account
from builder.ownership.ci_run import CiRun
from builder.ownership.issuer_keys import IssuerKeys
from builder.ownership.oidc import IssuedClaims, TokenRefused
from builder.ownership.proposer import Claim, Grant, HeldKey
from builder.ownership.signature import FirstSignature, SignatureError
from builder.publish import github_login, oidc_rules
from builder.publish.github_login import TokenUnknown
from builder.publish.identity import Identity, Method, Permission
from builder.publish.replay_memory import ReplayMemory

SKEW = 15
"""Seconds by which a signed time may differ from the registry's (contract, section 5)."""
ANONYMOUS = "io.modelcontextprotocol.anonymous/*"


class LoginRefused(Exception):
    """A proof does not hold; `status` is 401, or 502 if somebody who must be asked is away."""

    def __init__(self, message: str, status: int = 401) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginContext:
    """What logins need of the registry: settings, network, and what is remembered between them."""

    config: Config
    network: Network
    keys: IssuerKeys = field(default_factory=IssuerKeys)
    used: ReplayMemory

    @property
    def audience(self) -> str:
        """The address that tokens must be for."""
        return self.config.publish.audience or self.config.base_url


Proof = Mapping[str, str]
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
    return _of_accounts("github-oidc", _claim_of_run(run), "io.github")


def _claim_of_run(run: CiRun) -> Claim:
    # The token does not say whether the owner is a person; its number is what counts.
    owner = Account(login=run.owner, id=run.owner_id, type="User", host=run.host)
    return Claim(author=owner, accounts=(owner,), run=run)


def _claim_of_job(issued: IssuedClaims) -> Claim:
    """Return the account that a job of GitLab CI stands for: its group, or the user whose project it is.

    A user's namespace has a number of its own; it is the user's that counts.
    """
    run = ci_run.gitlab_run(issued)
    is_own = issued.claims.get("user_login") == run.owner
    owner = Account(
        login=run.owner,
        id=issued.number("user_id") if is_own else run.owner_id,
        type="User" if is_own else GROUP,
        host=run.host,
        forge="gitlab",
        administered=not is_own,
    )
    return Claim(author=owner, accounts=(owner,), run=run)


def _of_accounts(method: Method, claim: Claim, prefix: str) -> Identity:
    return Identity(
        method=method,
        subject=str(claim.accounts[0]),
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
    if not context.used.use(token, issued.expires + oidc.LEEWAY, now):
        raise TokenRefused("the token was used before: ask for another")
    return issued


def _dns(context: LoginContext, proof: Proof, now: float) -> Identity:
    domain = _domain(proof["domain"])
    published = dns_record.keys(domain.lower(), context.network)
    key = _signer(context, proof, published, now)
    held = HeldKey(domain=domain.lower(), source="dns", key=key)
    namespace = ".".join(reversed(domain.split(".")))
    return _of_domain("dns", domain, held, (f"{namespace}/*", f"{namespace}.*"))


def _http(context: LoginContext, proof: Proof, now: float) -> Identity:
    domain = _domain(proof["domain"])
    published = well_known.keys(domain.lower(), context.network)
    key = _signer(context, proof, published, now)
    held = HeldKey(domain=domain.lower(), source="http", key=key)
    namespace = ".".join(reversed(domain.split(".")))
    return _of_domain("http", domain, held, (f"{namespace}/*",))


def _of_domain(method: Method, domain: str, held: HeldKey, names: tuple[str, ...]) -> Identity:
    return Identity(
        method=method,
        subject=domain,
        claim=Claim(keys=(held,)),
        permissions=tuple(Permission(action="publish", resource=name) for name in names),
    )


def _domain(text: str) -> str:
    if domain_of(".".join(reversed(text.split(".")))) is None:
        raise LoginRefused(f"{text[:80]!r} is not a domain that can prove a namespace")
    return text


def _signer(context: LoginContext, proof: Proof, published: frozenset[Key], now: float) -> Key:
    """Return the published key that signed a time of now, which counts once."""
    text = proof["timestamp"]
    _require_now(context, text, now)
    try:
        raw = bytes.fromhex(proof["signed_timestamp"])
    except ValueError as error:
        raise LoginRefused("signed_timestamp is not written in hex") from error
    signed = base64.b64encode(raw).decode()
    for key in sorted(published, key=lambda one: (one.algorithm, one.public)):
        try:
            fields = {**key.model_dump(), "signature": signed}
            signature.check(FirstSignature.model_validate(fields), text.encode())
        except (SignatureError, ValueError):
            continue
        if not context.used.use(f"{key.public} {text}", now + 2 * SKEW, now):
            raise LoginRefused("this signed time was used before: sign another")
        return key
    found = f"{len(published)} keys" if published else "no key"
    raise LoginRefused(
        f"the signature is by no key that {proof['domain']} publishes: {found} found there"
    )


def _require_now(context: LoginContext, text: str, now: float) -> None:
    try:
        stated = parse(text) / SECOND
    except ValueError as error:
        raise LoginRefused("the timestamp is not a time of RFC 3339") from error
    if abs(now - stated) > SKEW:
        raise LoginRefused(
            f"the timestamp is {text}, more than {SKEW} seconds from the registry's time"
        )
    if stated < int(context.used.began) - SKEW // 5:
        raise LoginRefused("the timestamp is from before this registry was started: sign another")


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
        exchange=_dns,
    ),
    "http": LoginMethod(
        fields=("domain", "timestamp", "signed_timestamp"),
        is_open=lambda _: True,
        exchange=_http,
    ),
    "oidc": LoginMethod(
        fields=("oidc_token",),
        is_open=lambda config: bool(config.publish.oidc or config.publish.gitlab),
        exchange=_oidc,
    ),
}
"""The ways to log in, by the last part of the address: /v0.1/auth/<name>."""
