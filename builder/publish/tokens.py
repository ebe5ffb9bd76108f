"""The registry's own tokens: JSON Web Tokens, signed with EdDSA, good for five minutes.

They have the claims of the official registry's (contract, section 5), and two of our own:
what was proved at login, so that the gate can judge a publication by it, and who that is.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import TypeAdapter, ValidationError

from builder.ownership.ci_run import CiRun
from builder.ownership.proposer import Claim
from builder.publish.identity import Identity, Permission
from builder.publish.signing_keys import SigningKeys

SECONDS = 300
LEEWAY = 5
ALGORITHM = "EdDSA"
CLAIM, ID = "mcp_registry_claim", "mcp_registry_id"
_MAX_BYTES = 16 << 10
_CLAIMS, _IDENTITIES = TypeAdapter(Claim), TypeAdapter(Identity)
for _adapter in (_CLAIMS, _IDENTITIES):
    _adapter.rebuild(_types_namespace={"CiRun": CiRun})


class BadToken(ValueError):
    """A token is not one of this registry's, or not valid any more."""


class _Algorithms(jws.JWSRegistry):
    """EdDSA alone, under the name that the official registry's tokens have.

    RFC 9864 prefers another name, of which the library warns; the signatures are the same.
    """

    def get_alg(self, name: str) -> Any:
        """Return the algorithm of a name; JoseError for another name."""
        if name != ALGORITHM:
            raise JoseError(f"{name} is not accepted")
        return self.algorithms[ALGORITHM]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryToken:
    """A token, and when it expires in seconds since 1970."""

    text: str
    expires: int


def issue(identity: Identity, keys: SigningKeys, issuer: str, now: float) -> RegistryToken:
    """Make a token for somebody who has logged in at `now`; `issuer` is this registry's address."""
    signing, expires = keys.current()[0], int(now) + SECONDS
    claims = {
        "iss": issuer,
        "aud": [issuer],
        "iat": int(now),
        "nbf": int(now),
        "exp": expires,
        "jti": secrets.token_urlsafe(12),
        "auth_method": identity.method,
        "auth_method_sub": identity.subject,
        ID: identity.id,
        "permissions": [asdict(permission) for permission in identity.permissions],
        CLAIM: _CLAIMS.dump_python(identity.claim, mode="json"),
    }
    header = {"alg": ALGORITHM, "kid": signing.kid}
    return RegistryToken(
        text=jwt.encode(header, claims, signing, registry=_Algorithms()), expires=expires
    )


def read(text: str, keys: SigningKeys, issuer: str, now: float) -> Identity:
    """Return who a token was issued to; BadToken if it is none of ours, or has expired."""
    claims = _signed(text, keys)
    if claims.get("iss") != issuer or claims.get("aud") != [issuer]:
        raise BadToken("the token was issued by another registry")
    since, expires = claims.get("nbf"), claims.get("exp")
    if not isinstance(since, int) or not isinstance(expires, int):
        raise BadToken("the token says nothing of its time")
    if not since - LEEWAY <= now < expires:
        raise BadToken("the token has expired")
    try:
        return _IDENTITIES.validate_python(
            {
                "method": claims.get("auth_method"),
                "id": claims.get(ID),
                "subject": claims.get("auth_method_sub"),
                "claim": claims.get(CLAIM),
                "permissions": [
                    Permission(**permission) for permission in claims.get("permissions", ())
                ],
            }
        )
    except (ValidationError, TypeError) as error:
        raise BadToken("the token is not one of this registry's") from error


def _signed(text: str, keys: SigningKeys) -> dict[str, Any]:
    if len(text) > _MAX_BYTES:
        raise BadToken("the token is too long")
    try:
        return jwt.decode(text, KeySet(list(keys.current())), registry=_Algorithms()).claims
    except (JoseError, ValueError, TypeError) as error:  # the last for a header of odd types
        raise BadToken("the token is not signed by this registry") from error
