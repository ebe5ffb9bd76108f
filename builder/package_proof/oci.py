"""OCI images: a label of the image's configuration carries the server's name (R39).

https://github.com/opencontainers/distribution-spec/blob/main/spec.md and, for the anonymous
token, https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from builder.model.image_name import Image, parse
from builder.package_proof.client import Answer, PackageRegistryClient, Unanswered, read_url
from builder.package_proof.problem import Package, PackageProblem, not_found, not_owned, text

LABEL = "io.modelcontextprotocol.server.name"
PLATFORM = {"os": "linux", "architecture": "amd64"}
_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_ACCEPT = {"Accept": ", ".join((*_INDEXES, *_MANIFESTS))}
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_TOKEN = re.compile(r"[!-~]+")  # it goes into a header
_NO_IMAGE = (httpx.codes.NOT_FOUND, httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


def verify(package: Package, name: str, client: PackageRegistryClient) -> Iterator[PackageProblem]:
    """Yield why this image is not the server's."""
    identifier = text(package, "identifier")
    image = parse(identifier)
    if isinstance(image, str):
        return  # the rule package-field says so
    try:
        labels = _labels(_Registry(client=client, image=image))
    except _Absent as absent:
        yield not_found(f"image {identifier} that anyone may pull (status {absent})")
        return
    stated = labels.get(LABEL)
    if stated != name:
        fact = f"has the label {LABEL}={stated!r}" if stated else f"has no label {LABEL}"
        help = f'add to its Dockerfile: LABEL {LABEL}="{name}"'
        yield not_owned(f"image {identifier}", f"{fact}, not {name!r}", help)


class _Absent(Exception):
    """The registry has no such image, or not for everyone."""


@dataclass(slots=True)
class _Registry:
    """One repository of an image registry, and the anonymous token it gave us."""

    client: PackageRegistryClient
    image: Image
    token: str = ""

    def read(self, path: str, digest: str | None = None) -> Any:
        """Read a JSON document; with a digest, exactly the one that has it."""
        answer = self._get(path)
        if answer.status_code == httpx.codes.UNAUTHORIZED and not self.token:
            self.token = self._ask_token(answer.headers.get("WWW-Authenticate", ""))
            answer = self._get(path)
        if answer.status_code in _NO_IMAGE:
            raise _Absent(answer.status_code)
        if not answer.ok:
            raise Unanswered(f"{answer.url} answered with status {answer.status_code}")
        if digest and digest != f"sha256:{hashlib.sha256(answer.body).hexdigest()}":
            raise Unanswered(f"{answer.url} answered with other bytes than {digest}")
        return answer.json()

    def _get(self, path: str) -> Answer:
        headers = dict(_ACCEPT)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        base = self.client.base(f"oci:{self.image.host}")
        return self.client.get(f"{base}/v2/{self.image.repository}/{path}", headers)

    def _ask_token(self, challenge: str) -> str:
        scheme, _, parameters = challenge.partition(" ")
        fields = _challenge(parameters)
        if scheme.lower() != "bearer" or "realm" not in fields:
            raise _Absent(int(httpx.codes.UNAUTHORIZED))
        realm = read_url(fields["realm"])
        scope = fields.get("scope", f"repository:{self.image.repository}:pull")
        query = {"service": fields.get("service", realm.host), "scope": scope}
        answer = self.client.get(str(realm.copy_merge_params(query)))
        if answer.status_code in _NO_IMAGE:
            raise _Absent(answer.status_code)
        value = answer.json()
        token = text(value, "token") or text(value, "access_token")
        if not _TOKEN.fullmatch(token):
            raise Unanswered(f"{realm} answered without a token")
        return token


def _challenge(parameters: str) -> dict[str, str]:
    # RFC 9110, 11.6.1: name="value", with commas between and inside the quotes.
    from urllib.request import parse_http_list, parse_keqv_list

    return parse_keqv_list([item for item in parse_http_list(parameters) if "=" in item])


def _labels(registry: _Registry) -> dict[str, Any]:
    reference = registry.image.reference
    manifest = registry.read(
        f"manifests/{reference}", reference if _DIGEST.fullmatch(reference) else None
    )
    if isinstance(manifest.get("manifests"), list):
        digest = _digest(_for_platform(manifest["manifests"]))
        manifest = registry.read(f"manifests/{digest}", digest)
    digest = _digest(_object(manifest, "config"))
    settings = registry.read(f"blobs/{digest}", digest)
    return _object(_object(settings, "config"), "Labels")


def _for_platform(manifests: list[Any]) -> dict[str, Any]:
    for entry in manifests:
        platform = _object(entry, "platform") if isinstance(entry, dict) else {}
        if PLATFORM.items() <= platform.items():
            return dict(entry)
    raise Unanswered(f"the image has no manifest for {'/'.join(PLATFORM.values())}")


def _digest(descriptor: dict[str, Any]) -> str:
    digest = text(descriptor, "digest")
    if not _DIGEST.fullmatch(digest):
        raise Unanswered(f"the image's manifest names the digest {digest!r}, not a SHA-256")
    return digest


def _object(value: dict[str, Any], key: str) -> dict[str, Any]:
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}
