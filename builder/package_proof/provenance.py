"""From which repository and commit a package was built: what its registry attests, verified.

npm and PyPI keep Sigstore attestations beside packages. One counts if it holds, is about exactly
the published bytes, and says from which commit the run that made it came.
https://docs.npmjs.com/generating-provenance-statements · https://peps.python.org/pep-0740
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from builder.ownership.signed_run import BundleError
from builder.package_proof.client import PackageRegistryClient, Unanswered
from builder.package_proof.problem import Package, text

if TYPE_CHECKING:
    from builder.ownership.bundle import BundleVerifier
    from builder.ownership.ci_run import CiRun

PROVENANCE = "https://slsa.dev/provenance/v1"
PUBLISHED = "https://docs.pypi.org/attestations/publish/v1"
_BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_IN_TOTO = "application/vnd.in-toto+json"
_INTEGRITY = "application/vnd.pypi.integrity.v1+json"
_MOST_FILES = 20
_UNESCAPED = "$&+=:@~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """From where a package was built: the repository's address, the commit, the workflow's file."""

    repository: str
    commit: str
    workflow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attested:
    """Attestations as Sigstore bundles, what they must say, and of which digest."""

    bundles: Sequence[bytes]
    predicate: str
    algorithm: str
    digest: str


def of_packages(
    document: Mapping[str, Any], client: PackageRegistryClient, verifiers: Sequence[BundleVerifier]
) -> dict[str, Provenance]:
    """Return the provenance of a server.json's packages, by `<type> <identifier> <version>`.

    Packages without one are left out; Unanswered if a registry does not answer.
    """
    packages = document.get("packages")
    known = {}
    for package in packages if isinstance(packages, list) else ():
        kind = text(package, "registryType") if isinstance(package, Mapping) else ""
        if kind in _KINDS and (made := _provenance(_KINDS[kind](package, client), verifiers)):
            known[f"{kind} {text(package, 'identifier')} {text(package, 'version')}"] = made
    return known


def _provenance(
    files: Iterable[_Attested], verifiers: Sequence[BundleVerifier]
) -> Provenance | None:
    """Return where all files come from; None if one has no attestation, or another origin."""
    origins = [_origin(attested, verifiers) for attested in files]
    return origins[0] if origins and len(set(origins)) == 1 else None


def _origin(attested: _Attested, verifiers: Sequence[BundleVerifier]) -> Provenance | None:
    runs = (
        run
        for bundle in attested.bundles
        for verifier in verifiers
        if (run := _verified(verifier, bundle, attested)) is not None
    )
    run = next(runs, None)
    if run is None:
        return None
    return Provenance(
        repository=f"https://{run.host}/{run.repository}",
        commit=run.commit,
        workflow=run.workflow_path,
    )


def _verified(verifier: BundleVerifier, bundle: bytes, attested: _Attested) -> CiRun | None:
    from builder.ownership.bundle import is_about

    try:
        signed, statement = verifier.statement(bundle)
    except BundleError:
        return None
    is_right = statement.get("predicateType") == attested.predicate
    return (
        signed.run
        if is_right and is_about(statement, attested.algorithm, attested.digest)
        else None
    )


def _npm(package: Package, client: PackageRegistryClient) -> Iterator[_Attested]:
    name, version = (quote(text(package, key), _UNESCAPED) for key in ("identifier", "version"))
    published = client.get(f"{client.base('npm')}/{name}/{version}")
    answer = client.get(f"{client.base('npm')}/-/npm/v1/attestations/{name}@{version}")
    if not (published.ok and answer.ok):
        return
    dist = published.json().get("dist")
    integrity = text(dist if isinstance(dist, dict) else {}, "integrity")
    algorithm, _, encoded = integrity.partition("-")
    if algorithm == "sha512":
        attestations = _dicts(answer.json().get("attestations"))
        bundles = [orjson.dumps(attestation.get("bundle")) for attestation in attestations]
        digest = base64.b64decode(encoded).hex()
        yield _Attested(bundles=bundles, predicate=PROVENANCE, algorithm="sha512", digest=digest)


def _pypi(package: Package, client: PackageRegistryClient) -> Iterator[_Attested]:
    name, version = (quote(text(package, key), "") for key in ("identifier", "version"))
    answer = client.get(f"{client.base('pypi')}/pypi/{name}/{version}/json")
    files = _dicts(answer.json().get("urls")) if answer.ok else []
    if len(files) > _MOST_FILES:
        return
    for file in files:
        digests = file.get("digests")
        digest = text(digests if isinstance(digests, dict) else {}, "sha256")
        where = f"integrity/{name}/{version}/{quote(text(file, 'filename'), '')}/provenance"
        attested = client.get(f"{client.base('pypi')}/{where}", {"Accept": _INTEGRITY})
        groups = _dicts(attested.json().get("attestation_bundles")) if attested.ok else []
        yield _Attested(
            bundles=[
                _bundle(attestation)
                for group in groups
                for attestation in _dicts(group.get("attestations"))
            ],
            predicate=PUBLISHED,
            algorithm="sha256",
            digest=digest,
        )


def _bundle(attestation: Mapping[str, Any]) -> bytes:
    """Return an attestation of PEP 740 as the Sigstore bundle that it is made of."""
    material, envelope = attestation.get("verification_material"), attestation.get("envelope")
    material = material if isinstance(material, dict) else {}
    envelope = envelope if isinstance(envelope, dict) else {}
    return orjson.dumps(
        {
            "mediaType": _BUNDLE,
            "verificationMaterial": {
                "certificate": {"rawBytes": material.get("certificate")},
                "tlogEntries": material.get("transparency_entries"),
            },
            "dsseEnvelope": {
                "payload": envelope.get("statement"),
                "payloadType": _IN_TOTO,
                "signatures": [{"sig": envelope.get("signature")}],
            },
        }
    )


def _dicts(value: object) -> list[dict[str, Any]]:
    return (
        [item for item in value if isinstance(item, dict)][: _MOST_FILES + 1]
        if isinstance(value, list)
        else []
    )


_KINDS: Mapping[str, Callable[[Package, PackageRegistryClient], Iterator[_Attested]]] = {
    "npm": _npm,
    "pypi": _pypi,
}

__all__ = ["Provenance", "Unanswered", "of_packages"]
