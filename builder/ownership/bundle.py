"""Sigstore bundles: a run of CI vouched for the bytes of an entry, verified without a connection.

The certificate in a bundle says which run it was, as Fulcio took it from the run's own token:
https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md. The roots of trust are those that
come with the library, or those that registry.yaml names. A bundle is one of the entry's bytes
(`sigstore sign`), or an attestation whose subject they are (`actions/attest`).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from builder.ownership.ci_run import (
    GITHUB_ACTIONS,
    GITLAB_CI,
    CiRun,
    github_run,
    gitlab_run,
    require_publishing,
)
from builder.ownership.oidc import IssuedClaims, TokenRefused
from builder.ownership.signed_run import BundleError, SignedRun, Unverifiable
from builder.ownership.statement import DAY, MAX_DAYS

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from sigstore.models import Bundle, TrustedRoot
    from sigstore.verify import Verifier
    from sigstore.verify.policy import VerificationPolicy

PROVENANCE = "https://slsa.dev/provenance/v1"
_PAYLOAD = "application/vnd.in-toto+json"
_FULCIO = "1.3.6.1.4.1.57264.1."
_ISSUER = "8"
_GITHUB = {
    "job_workflow_ref": "9",
    "repository": "12",
    "sha": "13",
    "ref": "14",
    "repository_id": "15",
    "repository_owner": "16",
    "repository_owner_id": "17",
    "workflow_ref": "18",
    "event_name": "20",
    "environment": "23",
}
_GITLAB = {
    "project_path": "12",
    "sha": "13",
    "ref": "14",
    "project_id": "15",
    "namespace_path": "16",
    "namespace_id": "17",
    "ci_config_ref_uri": "18",
    "pipeline_source": "20",
    "environment": "23",
}
_WITHOUT_SCHEME = frozenset({"ci_config_ref_uri"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleVerifier:
    """What verifies bundles, against one set of roots of trust."""

    verifier: Verifier

    def verify(self, data: bytes, entry: bytes, now: int | None = None) -> SignedRun:
        """Return the run that vouches for an entry by a bundle.

        BundleError if none does, or, where `now` (seconds since 1970) is given, did so longer
        ago than a signature may count.
        """
        bundle = _read(data)
        if "dsseEnvelope" not in orjson.loads(bundle.to_json()):
            run = self._signed_run(bundle, lambda: self._verify_bytes(bundle, entry))
        else:
            run, statement = self.statement(data)
            if not is_about(statement, "sha256", hashlib.sha256(entry).hexdigest()):
                raise BundleError("it is no attestation whose subject is this entry")
            if statement.get("predicateType") != PROVENANCE:
                raise BundleError(f"it is no attestation of the kind {PROVENANCE}")
        try:
            require_publishing(run.run)
        except TokenRefused as error:
            raise BundleError(str(error)) from error
        if now is not None and not now - MAX_DAYS * DAY <= run.time <= now + DAY:
            raise BundleError(
                f"the bundle was not made in the last {MAX_DAYS} days: have a run make another"
            )
        return run

    def statement(self, data: bytes) -> tuple[SignedRun, dict[str, Any]]:
        """Return the run that signed an in-toto statement, and the statement; BundleError if none did."""
        bundle = _read(data)
        payload = b""

        def verify() -> None:
            nonlocal payload
            kind, payload = self.verifier.verify_dsse(bundle, _issuers())
            if kind != _PAYLOAD:
                raise BundleError(f"it is a {kind[:100]}, not an {_PAYLOAD}")

        run = self._signed_run(bundle, verify)
        statement = orjson.loads(payload)
        if not isinstance(statement, dict):
            raise BundleError("the statement is no JSON object")
        return run, statement

    def _verify_bytes(self, bundle: Bundle, entry: bytes) -> None:
        self.verifier.verify_artifact(entry, bundle, _issuers())

    def _signed_run(self, bundle: Bundle, verify: Callable[[], None]) -> SignedRun:
        try:
            verify()
        except BundleError:
            raise
        except Exception as error:  # as for reading
            raise BundleError(f"the bundle does not hold: {str(error)[:300]}") from error
        certificate = bundle.signing_certificate
        # The signature was made, by a witnessed clock, in the ten minutes that this is valid.
        time = int(certificate.not_valid_before_utc.timestamp())
        return SignedRun(run=_run(certificate), time=time, log_index=_log_index(bundle))


def is_about(statement: Mapping[str, Any], algorithm: str, digest: str) -> bool:
    """Return whether something with a digest (in hex) is a subject of an in-toto statement."""
    subjects = statement.get("subject")
    digests = (
        subject.get("digest")
        for subject in (subjects if isinstance(subjects, list) else ())
        if isinstance(subject, dict)
    )
    return any(
        isinstance(by_algorithm, dict) and by_algorithm.get(algorithm) == digest
        for by_algorithm in digests
    )


def _read(data: bytes) -> Bundle:
    from sigstore.models import Bundle

    try:
        return Bundle.from_json(data)
    except Exception as error:  # the parsers below it raise what they like for hostile bytes
        raise BundleError("not a Sigstore bundle") from error


def _issuers() -> VerificationPolicy:
    from sigstore.verify import policy

    return policy.AnyOf([policy.OIDCIssuerV2(issuer) for issuer in (GITHUB_ACTIONS, GITLAB_CI)])


def connect(root: bytes | None = None) -> BundleVerifier:
    """Return what verifies bundles, by roots of trust of one's own if they are given.

    Unverifiable if that cannot be done here. No connection is opened.
    """
    try:
        from sigstore.errors import Error
        from sigstore.verify import Verifier
    except ModuleNotFoundError as error:
        raise Unverifiable(
            "Sigstore bundles cannot be verified here",
            help="pip install 'static-mcp-registry[sigstore]'",
        ) from error
    try:
        verifier = (
            Verifier.production(offline=True)
            if root is None
            else Verifier(trusted_root=_trusted_root(root))
        )
    except (Error, ValueError) as error:
        raise Unverifiable(f"the roots of trust cannot be read: {str(error)[:300]}") from error
    return BundleVerifier(verifier=verifier)


def _trusted_root(data: bytes) -> TrustedRoot:
    from sigstore.models import TrustedRoot

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trusted_root.json")
        path.write_bytes(data)
        return TrustedRoot.from_file(str(path))


def _run(certificate: Certificate) -> CiRun:
    """Return the run that a certificate of Fulcio is of; BundleError if it is not of one."""
    texts = _texts(certificate)
    issuer = texts.get(_ISSUER, "")
    names = _GITHUB if issuer == GITHUB_ACTIONS else _GITLAB
    claims = {
        name: _claim(name, texts[number]) for name, number in names.items() if number in texts
    }
    issued = IssuedClaims(issuer=issuer, subject="", expires=0, claims=claims)
    try:
        return github_run(issued) if issuer == GITHUB_ACTIONS else gitlab_run(issued)
    except TokenRefused as error:
        raise BundleError(str(error).replace("the token", "the certificate")) from error


def _texts(certificate: Certificate) -> Mapping[str, str]:
    """Return the texts of Fulcio's extensions, by the last number of their names."""
    from cryptography.hazmat import asn1
    from cryptography.x509 import UnrecognizedExtension

    values = {
        extension.oid.dotted_string.removeprefix(_FULCIO): extension.value.value
        for extension in certificate.extensions
        if extension.oid.dotted_string.startswith(_FULCIO)
        and isinstance(extension.value, UnrecognizedExtension)
    }
    # Those below 8 are older forms of others, not in DER.
    read = {number: value for number, value in values.items() if int(number) >= int(_ISSUER)}
    return {number: asn1.decode_der(str, value) for number, value in read.items()}


def _claim(name: str, text: str) -> str:
    """Return a text as the run's own token has it: addresses without what Fulcio put before them."""
    if not text.startswith("https://"):
        return text
    whole = text.removeprefix("https://")
    return whole if name in _WITHOUT_SCHEME else whole.partition("/")[2]


def _log_index(bundle: Bundle) -> int:
    entries = orjson.loads(bundle.to_json())["verificationMaterial"]["tlogEntries"]
    return int(entries[0].get("logIndex", 0))
