"""Logins as answers: what programs read before they log in, and proofs exchanged for tokens."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from builder.model.config import Config
from builder.pages.api.problem import ProblemDocument
from builder.publish import login, tokens
from builder.publish.answers import WriteAnswer, problem, refused
from builder.publish.identity import Identity
from builder.publish.login import METHODS
from builder.publish.login_context import LoginContext, LoginRefused
from builder.publish.signing_keys import SigningKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Who logs in, and who has."""

    config: Config
    logins: LoginContext
    keys: SigningKeys

    def health(self) -> Mapping[str, Any]:
        """Return what programs read before they log in: client ids, issuer, audience, methods."""
        settings = self.config.publish
        oidc = settings.oidc[:1]
        github = settings.github.client_id if settings.github else ""
        optional = {
            "github_client_id": github,
            "oidc_issuer": oidc[0].issuer if oidc else "",
            "oidc_client_id": oidc[0].client_id if oidc else "",
            "audience": self.logins.audience,
        }
        return {
            "status": "ok",
            **{name: value for name, value in optional.items() if value},
            "auth_methods": [
                name for name, method in METHODS.items() if method.is_open(self.config)
            ],
        }

    def log_in(self, name: str, body: bytes) -> WriteAnswer:
        """Exchange a proof for a token of this registry."""
        method = METHODS.get(name)
        if method is None or not method.is_open(self.config):
            return refused(problem(404, f"Nobody logs in by {name[:40]!r} at this registry"))
        proof = _proof(body, method.fields)
        if isinstance(proof, ProblemDocument):
            return refused(proof)
        now = time.time()
        try:
            identity = login.log_in(self.logins, method, proof, now)
        except LoginRefused as error:
            return refused(self._no_login(name, error))
        token = tokens.issue(identity, self.keys, self.logins.audience, now)
        content = {"registry_token": token.text, "expires_at": token.expires}
        return WriteAnswer(
            status=200,
            body=orjson.dumps(content),
            facts={"method": identity.method, "subject": identity.subject},
        )

    def _no_login(self, name: str, error: LoginRefused) -> ProblemDocument:
        hint = f". Tokens of CI must be for {self.logins.audience} (aud)"
        detail = f"{error}{hint if name.endswith('oidc') else ''}"
        return problem(error.status, detail)

    def identify(self, authorization: str | None) -> Identity | ProblemDocument:
        """Return who a request is of, by its Authorization header; 401 if it has no good token."""
        scheme, _, text = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            detail = "Invalid Authorization header format. Expected 'Bearer <token>'"
            return problem(401, detail)
        try:
            return tokens.read(text.strip(), self.keys, self.logins.audience, time.time())
        except tokens.BadToken:
            return problem(401, "Invalid or expired Registry JWT token")


def _proof(body: bytes, fields: tuple[str, ...]) -> Mapping[str, str] | ProblemDocument:
    """Read the body of a login: exactly these texts."""
    try:
        content = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        return problem(400, "validation failed", ({"message": "not JSON", "location": "body"},))
    if not isinstance(content, dict):
        return problem(422, "validation failed", (_expected("object", "body"),))
    for name in (*fields, *content):
        if name not in fields and name != "$schema":
            error = {"message": "unexpected property", "location": f"body.{name}"}
            return problem(422, "validation failed", (error,))
        if name in fields and not isinstance(content.get(name), str):
            return problem(422, "validation failed", (_expected("string", f"body.{name}"),))
    return {name: content[name] for name in fields}


def _expected(what: str, location: str) -> Mapping[str, str]:
    return {"message": f"expected {what}", "location": location}
