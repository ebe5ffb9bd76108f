"""An OpenID Connect issuer on loopback: its documents, its keys, and the tokens that it signs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from tests.local_server import NOT_FOUND, LocalServer, Reply, Request, as_json, serving

DISCOVERY, KEYS = "/.well-known/openid-configuration", "/keys"
AUDIENCE = "https://registry.example.com"


def rsa(kid: str = "first", bits: int = 2048) -> RSAKey:
    return RSAKey.generate_key(bits, {"kid": kid})


def ec(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


def ed25519(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid})


_FIRST = rsa()  # one for all: to make another takes 0.1 s


@dataclass
class Issuer:
    """What the issuer publishes; `answers` replaces the answer to a path."""

    keys: list[Key] = field(default_factory=lambda: [_FIRST])
    cache_control: str = ""
    answers: dict[str, Reply] = field(default_factory=dict)
    server: LocalServer = field(init=False)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def asked_for_keys(self) -> int:
        return self.server.targets.count(KEYS)

    def answer(self, request: Request) -> Reply:
        if request.path in self.answers:
            return self.answers[request.path]
        if request.path == DISCOVERY:
            return as_json({"issuer": self.url, "jwks_uri": f"{self.url}{KEYS}"})
        if request.path == KEYS:
            listed = [key.as_dict(private=False) for key in self.keys]
            answer = as_json({"keys": listed})
            if not self.cache_control:
                return answer
            return replace(answer, headers={**answer.headers, "Cache-Control": self.cache_control})
        return NOT_FOUND

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Claims of a good token, with some changed; None leaves one out."""
        now = int(time.time())
        usual = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "somebody",
            "iat": now,
            "nbf": now,
            "exp": now + 300,
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not None}

    def token(self, key: Key | None = None, algorithm: str = "RS256", **changed: Any) -> str:
        signer = key or self.keys[0]
        header = {"alg": algorithm, **({"kid": signer.kid} if signer.kid else {})}
        return jwt.encode(header, self.claims(**changed), signer, algorithms=[algorithm])


@contextmanager
def issuing(**options: Any) -> Iterator[Issuer]:
    issuer = Issuer(**options)
    with serving(issuer.answer) as server:
        issuer.server = server
        yield issuer


GITHUB_CLAIMS: dict[str, Any] = {
    "sub": "repo:alice@583231/weather@74:ref:refs/heads/main",
    "ref": "refs/heads/main",
    "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e",
    "repository": "alice/weather",
    "repository_owner": "alice",
    "repository_owner_id": "583231",
    "repository_id": "74",
    "repository_visibility": "public",
    "run_id": "1",
    "run_number": "1",
    "run_attempt": "1",
    "actor": "alice",
    "actor_id": "583231",
    "workflow": "Release",
    "workflow_ref": "alice/weather/.github/workflows/release.yml@refs/heads/main",
    "workflow_sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e",
    "job_workflow_ref": "alice/weather/.github/workflows/release.yml@refs/heads/main",
    "head_ref": "",
    "base_ref": "",
    "event_name": "release",
    "ref_type": "branch",
    "ref_protected": "true",
    "runner_environment": "github-hosted",
    "jti": "3e7a2f58",
}
"""What GitHub Actions says: docs.github.com/en/actions/reference/security/oidc."""

GITLAB_CLAIMS: dict[str, Any] = {
    "sub": "project_path:acme/tools/weather:ref_type:branch:ref:main",
    "namespace_id": "72",
    "namespace_path": "acme/tools",
    "project_id": "20",
    "project_path": "acme/tools/weather",
    "user_id": "1",
    "user_login": "sample-user",
    "pipeline_id": "574",
    "pipeline_source": "push",
    "job_id": "302",
    "ref": "main",
    "ref_type": "branch",
    "ref_path": "refs/heads/main",
    "ref_protected": "true",
    "environment": "release",
    "ci_config_ref_uri": "gitlab.com/acme/tools/weather//.gitlab-ci.yml@refs/heads/main",
    "ci_config_sha": "714a629c0b401fdce83e847fc9589983fc6f46bc",
    "sha": "714a629c0b401fdce83e847fc9589983fc6f46bc",
    "jti": "235b3a54",
}
"""What GitLab says: docs.gitlab.com/ci/secrets/id_token_authentication."""
