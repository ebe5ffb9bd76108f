"""What a verified token grants by the rules of registry.yaml: names, and whether to edit them."""

from __future__ import annotations

from builder.model.publish_settings import OidcLogin, OidcRule
from builder.ownership.oidc import IssuedClaims, TokenRefused
from builder.ownership.proposer import Claim, Grant
from builder.publish.identity import Identity, Permission

_SHOWN = ("email", "preferred_username", "name")
_MOST = 100


def identity(issued: IssuedClaims, login: OidcLogin) -> Identity:
    """Return who a token is of, and what every rule that fits it grants; TokenRefused if none does."""
    matching = [rule for rule in login.rules if _matches(rule, issued)]
    fitting = [rule for rule in matching if _is_vouched_for(rule, issued)]
    if not fitting:
        why = "; its email is not verified (email_verified), so that it counts for no rule"
        raise TokenRefused(
            f"the token is good, and no rule of registry.yaml grants it anything{why if matching else ''}"
        )
    names = tuple(dict.fromkeys(name for rule in fitting for name in rule.names))
    edited = tuple(dict.fromkeys(name for rule in fitting if rule.edit for name in rule.names))
    subject = _subject(issued)
    return Identity(
        method="oidc",
        id=f"{login.issuer} {issued.subject}",
        subject=subject,
        claim=Claim(grants=(Grant(names=names, to=subject),)),
        permissions=(
            *(Permission(action="publish", resource=name) for name in names),
            *(Permission(action="edit", resource=name) for name in edited),
        ),
    )


def _matches(rule: OidcRule, issued: IssuedClaims) -> bool:
    return all(_has(issued.claims.get(name), value) for name, value in rule.claims.root.items())


def _is_vouched_for(rule: OidcRule, issued: IssuedClaims) -> bool:
    """Return whether the issuer knows what a rule asks for: an email may be what somebody typed.

    https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability
    """
    asked = rule.claims.root
    is_verified = issued.claims.get("email_verified") in (True, "true")
    return "email" not in asked or "email_verified" in asked or is_verified


def _has(claimed: object, wanted: str | bool | int) -> bool:
    values = claimed if isinstance(claimed, list) else [claimed]
    # True is 1 to Python, and not to an issuer.
    return any(type(value) is type(wanted) and value == wanted for value in values)


def _subject(issued: IssuedClaims) -> str:
    """Return what somebody is called: a name for people to read, and the issuer's subject, whole.

    A name may be whatever somebody typed: it cannot end as if it were the subject, or push that out.
    """
    shown = next((v for name in _SHOWN if isinstance(v := issued.claims.get(name), str)), "")
    shown, subject = _printable(shown)[:_MOST], _printable(issued.subject)
    return f"{shown.replace('(', '[').replace(')', ']')} ({subject})" if shown else subject


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)
