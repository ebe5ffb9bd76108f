"""What a dry run finds out without a login: what will be there, what cannot be known, in lines."""

from __future__ import annotations

from dataclasses import dataclass

from builder.model import sidecars
from builder.model.layout import namespace_path
from builder.model.sidecars import Namespace, SidecarError
from builder.ownership import key
from builder.submit.api import RegistryApi
from builder.submit.forge_requests import APIS
from builder.submit.request import RegistryRepository, RequestPlan, Target
from builder.submit.request_plan import EntryProofs
from builder.submit.submission import Submission

_BY_GATE = "look-alike names, addresses that others have, whose packages they are: the gate asks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a dry run says: what would be done, what would stop it, and what was not looked at."""

    would: str
    warnings: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def by_api(api: RegistryApi, submission: Submission, login: str, missing: str) -> Rehearsal:
    """Return what publishing by an API would be; `missing` is what the login lacks, "" if nothing."""
    return Rehearsal(
        would=f"would publish {submission.title} at {api.url} ({login})",
        warnings=(f"the login would fail: {missing}",) if missing else (),
        unchecked=(f"whether {submission.namespace} is yours: a dry run logs in nowhere", _BY_GATE),
    )


def by_request(
    target: RegistryRepository,
    plan: RequestPlan,
    submission: Submission,
    proofs: EntryProofs,
    variable: str,
) -> Rehearsal:
    """Return what a request would be; `variable` is where a token for the forge is looked for."""
    warnings, unchecked = _ownership(target, plan, submission, proofs)
    if isinstance(target, Target):
        who = str(target.account)
    else:
        who = "an account"
        unchecked = [f"which account opens it: there is no token in {variable}", *unchecked]
    if proofs.run is not None:
        unchecked.append("the signature of this run: a dry run signs nothing in public")
    return Rehearsal(
        would=f"would open a request as {who}: {plan.title} ({', '.join(plan.files)})",
        warnings=tuple(warnings),
        unchecked=(*unchecked, _BY_GATE),
    )


def _ownership(
    target: RegistryRepository, plan: RequestPlan, submission: Submission, proofs: EntryProofs
) -> tuple[list[str], list[str]]:
    """Return warnings about whose the namespace is, and what of it cannot be known here."""
    path, namespace = namespace_path(submission.namespace), submission.namespace
    data = APIS[target.kind].read(target, path)
    if data is None:
        if path in plan.files:
            return [], []
        return _unproved(target, proofs, f"{namespace} is free, and nothing here proves it")
    try:
        owners = sidecars.read_namespace(data)
    except SidecarError as error:
        return [f"{path} cannot be read: {error}"], []
    if _is_listed(target, proofs, owners):
        return [], []
    names = [*map(str, owners.owners), *(["a key"] if owners.keys else [])]
    return _unproved(target, proofs, f"{namespace} belongs to {' and '.join(names)}")


def _is_listed(target: RegistryRepository, proofs: EntryProofs, owners: Namespace) -> bool:
    account = target.account if isinstance(target, Target) else None
    is_owner = account is not None and account.identity in {one.identity for one in owners.owners}
    keys = {key.canonical(pinned) for pinned in owners.keys}
    return is_owner or (proofs.key is not None and key.key_of(proofs.key.private) in keys)


def _unproved(
    target: RegistryRepository, proofs: EntryProofs, standing: str
) -> tuple[list[str], list[str]]:
    if proofs.run is not None:
        return [], [f"whether this run may publish it: {standing}"]
    if isinstance(target, Target) or proofs.key is not None:
        return [f"the gate would refuse it: {standing}"], []
    return [], [f"whether you may publish it: {standing}"]
