"""OpenID Connect: what an issuer signed about somebody, verified for one audience and this moment.

The token says by itself who issued it; it is believed only if that is one of the issuers that are
expected, and only with a key that this issuer publishes (issuer_keys.py). What the claims mean is
left to the caller. https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import orjson
from joserfc import jws, jwt
from joserfc.errors import JoseError

from builder.model.errors import RemoteError
from builder.ownership.issuer_keys import IssuerKeys

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519"),
)
"""Signatures with public keys alone: with HMAC whoever reads the issuer's key could sign."""
MAX_BYTES = 16 << 10
LEEWAY = 30
"""Seconds by which the clocks of an issuer and of the registry may differ."""


class TokenRefused(ValueError):
    """A token is not believed; the text says why, without anything of the token that is secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedClaims:
    """What a verified token says: its issuer, its subject, when it expires, and all its claims."""

    issuer: str
    subject: str
    expires: int
    claims: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a claim that is a text; TokenRefused if it is missing or of another type."""
        value = self.claims.get(name)
        if not isinstance(value, str) or not value:
            raise TokenRefused(f"the token has no claim {name}")
        return value

    def number(self, name: str) -> int:
        """Return a claim that is a number in digits; TokenRefused if it is missing or another."""
        value = self.claims.get(name)
        digits = str(value) if isinstance(value, str | int) else ""
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise TokenRefused(f"the token has no number in the claim {name}")
        return int(digits)


def verify(
    token: str, issuers: Collection[str], audience: str, keys: IssuerKeys, now: float
) -> IssuedClaims:
    """Verify a token of one of these issuers for this audience; `now` is in seconds since 1970.

    TokenRefused says what is wrong with it, RemoteError that its issuer's keys cannot be had.
    """
    issuer = issuer_of(token)
    if issuer not in issuers:
        known = " or ".join(sorted(issuers)) or "nobody"
        raise TokenRefused(f"the token was issued by {issuer!r:.200}, not by {known}")
    claims = _signed(token, issuer, keys)
    _require_time(claims, now)
    _require_audience(claims, audience)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise TokenRefused("the token has no subject (sub)")
    return IssuedClaims(issuer=issuer, subject=subject, expires=int(claims["exp"]), claims=claims)


def issuer_of(token: str) -> str:
    """Return who a token says has issued it, before anything of it is believed.

    TokenRefused if it is no token.
    """
    if len(token) > MAX_BYTES:
        raise TokenRefused(f"the token has {len(token):,} bytes, at most {MAX_BYTES:,} are read")
    try:
        unverified = jws.extract_compact(token.encode())
        issuer = orjson.loads(unverified.payload)["iss"]
    except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise TokenRefused("the token is not a JSON Web Token with an issuer (iss)") from error
    if not isinstance(issuer, str):
        raise TokenRefused("the token's issuer (iss) is no text")
    return issuer


def _signed(token: str, issuer: str, keys: IssuerKeys) -> Mapping[str, Any]:
    registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm, kid = str(header.get("alg")), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise TokenRefused(f"the token is signed by {algorithm!r:.40}, which is not accepted")
        key = keys.find(issuer, kid if isinstance(kid, str) else None, algorithm)
        return jwt.decode(token, key, registry=registry).claims
    except RemoteError:
        raise
    except (JoseError, ValueError, TypeError) as error:  # the last for a header of odd types
        if isinstance(error, TokenRefused):
            raise
        raise TokenRefused(f"the token is not signed by {issuer}") from error


def _require_time(claims: Mapping[str, Any], now: float) -> None:
    expires = claims.get("exp")
    if not _is_time(expires):
        raise TokenRefused("the token does not say until when it is valid (exp)")
    if expires <= now - LEEWAY:
        raise TokenRefused("the token has expired (exp)")
    for name in ("nbf", "iat"):
        since = claims.get(name, 0)
        if not _is_time(since):
            raise TokenRefused(f"the token's {name} is no time")
        if since > now + LEEWAY:
            raise TokenRefused(f"the token is not valid yet ({name})")


def _is_time(value: object) -> TypeGuard[float]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= float(str(value)) < 2**53


def _require_audience(claims: Mapping[str, Any], audience: str) -> None:
    named = claims.get("aud")
    audiences = [named] if isinstance(named, str) else named
    known = {audience, f"{audience}/"}  # publishers write the registry's address in both ways
    if not isinstance(audiences, list) or known.isdisjoint(map(str, audiences)):
        raise TokenRefused(
            f"the token is for {named!r:.200} (aud), and this registry takes those for {audience!r}"
        )
    # A token for several must have been given to us (OpenID Connect Core, section 3.1.3.7).
    party = claims.get("azp")
    if len(audiences) > 1 and party is not None and party not in known:
        raise TokenRefused(f"the token was given to {party!r:.200} (azp), not to {audience!r}")
