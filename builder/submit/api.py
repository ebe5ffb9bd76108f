"""Publishing by the official write API: log in, publish, and say where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from builder.model.errors import FindingsError, RegistryError, RemoteError
from builder.submit import logins
from builder.submit.http import JsonAnswer, require_secure, send
from builder.submit.lifecycle import Lifecycle
from builder.submit.logins import LoginOptions
from builder.submit.submission import Submission

_NOT_THERE = (404, 405, 501)
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Whether a registry would take a document, and what it finds, a line an issue."""

    valid: bool
    issues: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryApi:
    """The API of a registry, at its base address without a slash at the end."""

    url: str

    def takes_publications(self) -> bool:
        """Return whether one publishes here by the API: its description says so."""
        answer = send("GET", f"{self.url}/openapi.json")
        paths = answer.value.get("paths") if isinstance(answer.value, Mapping) else None
        return answer.is_success and isinstance(paths, Mapping) and "/v0.1/publish" in paths

    def health(self) -> Mapping[str, object]:
        """Return what the registry says of itself."""
        answer = send("GET", f"{self.url}/v0/health")
        return answer.value if isinstance(answer.value, Mapping) else {}

    def github_client_id(self) -> str:
        """Return the GitHub app that the registry lets people log in with, "" if it names none."""
        client = self.health().get("github_client_id")
        return client if isinstance(client, str) else ""

    def validate(self, submission: Submission) -> Validation:
        """Ask what the registry finds wrong; nothing is published."""
        answer = send("POST", f"{self.url}/v0/validate", submission.data)
        if not answer.is_success or not isinstance(answer.value, Mapping):
            raise RemoteError(f"{self.url} does not validate: {answer.problem}")
        issues = tuple(_issue(issue) for issue in answer.value.get("issues") or ())
        return Validation(valid=answer.value.get("valid") is not False, issues=issues)

    def has(self, submission: Submission) -> bool:
        """Return whether a version is there already, deleted or not, as far as anybody may read."""
        return send("GET", f"{self.address(submission)}?include_deleted=true").is_success

    def log_in(self, options: LoginOptions) -> str:
        """Return a token of the registry; RegistryError if it refuses the proof."""
        require_secure(self.url)
        health = self.health()
        method, answer = self._ask(options, health)
        if options.key is not None and answer.status == _UNAUTHORIZED:
            # A signed time is good once, and has whole seconds: the last login may have been now.
            options.pause(1)
            method, answer = self._ask(options, health)
        token = answer.text("registry_token")
        if not answer.is_success or not token:
            raise RegistryError(f"{self.url} refuses the login ({method}): {answer.problem}")
        return token

    def _ask(self, options: LoginOptions, health: Mapping[str, object]) -> tuple[str, JsonAnswer]:
        proof = logins.prove(options, self.url, health)
        answer = send("POST", f"{self.url}/v0/auth/{proof.method}", dict(proof.body))
        return proof.method, answer

    def publish(self, submission: Submission, token: str) -> str:
        """Publish, and return the address of the version.

        FindingsError with the registry's own words if it refuses.
        """
        headers = {"Authorization": f"Bearer {token}"}
        answer = send("POST", f"{self.url}/v0/publish", submission.data, headers)
        if not answer.is_success:
            raise FindingsError(self._refusal(submission, answer))
        return self.address(submission)

    def set_status(self, change: Lifecycle, token: str) -> None:
        """Change the lifecycle of a version, or of all; FindingsError if the registry refuses."""
        of = "" if change.version == "*" else f"/versions/{quote(change.version, safe='')}"
        body = {"status": change.stated.status.value}
        body |= {"statusMessage": change.stated.message} if change.stated.message else {}
        url = f"{self.url}/v0/servers/{quote(change.name, safe='')}{of}/status"
        answer = send("PATCH", url, body, {"Authorization": f"Bearer {token}"})
        if not answer.is_success:
            raise FindingsError(f"{change.name} stays as it is: {answer.problem}")

    def address(self, submission: Submission) -> str:
        """Return where a version is read."""
        name, version = quote(submission.name, safe=""), quote(submission.version, safe="")
        return f"{self.url}/v0.1/servers/{name}/versions/{version}"

    def _refusal(self, submission: Submission, answer: JsonAnswer) -> str:
        if answer.status in _NOT_THERE:
            return f"nothing is published at {self.url}: {answer.problem}"
        return f"{submission.title} is not published: {answer.problem}"


def _issue(issue: Any) -> str:
    place = f"{issue.get('path')}: " if issue.get("path") else ""
    return f"{issue.get('severity', 'error')}: {place}{issue.get('message', '')}"
