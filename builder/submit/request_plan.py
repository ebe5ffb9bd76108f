"""What a request brings: the entry, its proof, and namespace.yaml if it is the first of its namespace."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.authoring import sign
from builder.forge import branches
from builder.model import config, forges
from builder.model.config import Config
from builder.model.domain import domain_of, lineage
from builder.model.errors import RegistryError
from builder.model.layout import BUNDLE_SUFFIX, CONFIG, namespace_path
from builder.model.sidecars import Namespace
from builder.ownership import forge_account, key, proofs
from builder.ownership.signed_files import SUFFIX
from builder.submit.forge_requests import APIS
from builder.submit.request import RegistryRepository, RequestPlan, Target
from builder.submit.submission import Submission

if TYPE_CHECKING:
    from builder.submit.logins import DomainKey
    from builder.submit.run_signature import RunSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProofs:
    """What travels with an entry: the signature of a domain's key, the bundle of a run of CI."""

    key: DomainKey | None = None
    run: RunSigner | None = None


def settings_of(target: RegistryRepository) -> Config:
    """Return a registry's settings; RegistryError if the repository is none."""
    data = APIS[target.kind].read(target, CONFIG)
    if data is None:
        raise RegistryError(f"{target.repository} has no {CONFIG}: it is no registry")
    return config.parse(data)


def plan(
    target: RegistryRepository, settings: Config, submission: Submission, proofs: EntryProofs
) -> RequestPlan:
    """Return the request that publishes a submission, signed by what there is to sign with.

    `settings` are those of the registry. RegistryError if the version is there already, or the
    key is of a domain that does not prove the namespace.
    """
    read = APIS[target.kind].read
    if read(target, submission.path) is not None:
        raise RegistryError(
            f"{submission.title} is published already", help="a version never changes: raise it"
        )
    files = {submission.path: submission.data, **_proofs(settings, submission, proofs)}
    owners = namespace_path(submission.namespace)
    if read(target, owners) is None and (first := _first_owners(target, submission, proofs)):
        files[owners] = first
    return RequestPlan(
        title=f"Publish {submission.title}",
        base=settings.branch,
        branch=branches.named_after("publish", submission.title),
        files=files,
    )


def _proofs(settings: Config, submission: Submission, proofs: EntryProofs) -> dict[str, bytes]:
    files = {}
    if proofs.key is not None:
        _require_domain(submission.namespace, proofs.key)
        files[submission.path + SUFFIX] = sign.signed(
            settings, submission.path, submission.data, proofs.key.private, int(time.time())
        )
    if proofs.run is not None:
        files[submission.path + BUNDLE_SUFFIX] = proofs.run.sign(submission.data)
    return files


def _require_domain(namespace: str, held: DomainKey) -> None:
    domain = domain_of(namespace)
    proved = lineage(domain) if domain and held.source == "dns" else (domain,)
    if held.domain.lower() not in proved:
        raise RegistryError(
            f"a key of {held.domain} proves nothing about {namespace}",
            help=f"it is proved by {domain}" if domain else "it is named after an account",
        )


def _first_owners(
    target: RegistryRepository, submission: Submission, held: EntryProofs
) -> bytes | None:
    """Return namespace.yaml of a first publication: exactly what will be proved, None if nothing is."""
    match = forges.account_of(submission.namespace)
    account = target.account if isinstance(target, Target) else None
    accounts = (account, held.run.owner if held.run else None)
    if held.key is not None:
        keys = (key.key_of(held.key.private),)
        first = Namespace(keys=keys, proof=held.key.source)
    else:
        named = match and (match[0].host, match[1])
        ours = (
            account
            for account in accounts
            if account and (account.host, account.login.lower()) == named
        )
        account = next(ours, None)
        if account is None:
            return None
        first = Namespace(owners=(forge_account.owner_of(account),), proof=account.forge)
    return f"{proofs.template(first)}\n".encode()
