"""Proof by a run of CI: it vouches for each entry that the change adds, by a bundle or a token.

A server that namespace.yaml names a trusted publisher for is published by runs of that workflow
alone. Where it names none, a run stands for the owner of its repository. Numbers decide; the
subject of a token or certificate is never looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from builder.model import forges
from builder.model.layout import BUNDLE_SUFFIX, place
from builder.model.owner import AccountIdentity, Owner
from builder.model.sidecars import Namespace
from builder.model.trusted_publisher import TrustedPublisher
from builder.ownership import still_proved
from builder.ownership.account import is_nobodys
from builder.ownership.proof import Case, Proof, ProofOutcome, fails, holds, is_open

if TYPE_CHECKING:
    from builder.ownership.ci_run import CiRun

_WORKFLOWS = ".github/workflows/"


def prove(case: Case) -> Proof:
    """Compare the runs with the trusted publishers, else their owners with those of the namespace."""
    if case.unverified:
        return is_open(case.unverified)
    missing = next((path for path in case.added if path not in case.runs), "")
    if missing or not case.added:
        what = f"for {missing}" if missing else "for what is changed here"
        return fails(f"no run of CI vouches {what}")
    runs = {path: case.runs[path] for path in case.added}
    proof = _owned(case, case.owners, runs) if case.owners else _free(case, tuple(runs.values()))
    bundles = {path + BUNDLE_SUFFIX for path in runs}
    return replace(proof, only_signed=True, paths=frozenset({*runs, *bundles}))


def described(run: CiRun) -> str:
    """Return a run in words."""
    return f"{run.workflow_path} of {run.repository} ({run.repository_id} on {run.host})"


def trusted(owners: Namespace, server: str) -> list[TrustedPublisher]:
    """Return the trusted publishers of a server (its name without the namespace)."""
    return [publisher for publisher in owners.trusted_publishers if publisher.covers(server)]


def is_of(publisher: TrustedPublisher, run: CiRun) -> bool:
    """Return whether a run is one of a trusted publisher."""
    if (github := publisher.github_actions) is not None:
        known = ("github-actions", github.host, github.repository_id)
        path = f"{_WORKFLOWS}{github.workflow.removeprefix(_WORKFLOWS)}"
        environment = github.environment
    elif (gitlab := publisher.gitlab_ci) is not None:
        known = ("gitlab-ci", gitlab.host, gitlab.project_id)
        path, environment = gitlab.file, gitlab.environment
    else:
        return False
    return (
        known == (run.provider, run.host, run.repository_id)
        and path == run.workflow_path
        # Case does not count in names of environments, as GitHub has it.
        and (not environment or environment.casefold() == run.environment.casefold())
    )


def _owned(case: Case, owners: Namespace, runs: Mapping[str, CiRun]) -> Proof:
    reasons = []
    for path, run in runs.items():
        publishers = trusted(owners, place(path).server)
        if any(is_of(publisher, run) for publisher in publishers):
            reasons.append(f"the trusted publisher {described(run)}")
        elif publishers:
            return fails(f"{described(run)} is no trusted publisher of {place(path).name}")
        elif _identity(run) in {owner.identity for owner in owners.owners}:
            reasons.append(
                f"a run of the listed owner {run.owner} ({run.owner_id}): {described(run)}"
            )
        else:
            return fails(
                f"{described(run)} belongs to {run.owner} ({run.owner_id}), who is not a listed owner"
            )
    publisher = "; ".join(dict.fromkeys(reasons))
    # As for accounts and keys: whoever lost the domain has trusted nobody any more.
    still = still_proved.any_key(case.namespace, owners, case.network)
    if still.outcome is not ProofOutcome.HOLDS:
        return is_open(
            f"{publisher} vouches for it, but {still.reason}: the domain may have changed hands"
        )
    return holds(publisher)


def _free(case: Case, runs: tuple[CiRun, ...]) -> Proof:
    match = forges.account_of(case.namespace)
    first = runs[0]
    if match is None:
        return fails(f"{case.namespace} is not named after an account, and runs prove no domain")
    row, login = match
    for run in runs:
        if run.provider == "gitlab-ci":
            # Its certificate does not tell whether the number is a group's or a user's namespace's.
            return fails("a job of GitLab claims no namespace: propose the first from the account")
        is_same = (run.host, run.owner.casefold()) == (row.host, login)
        if not is_same or is_nobodys(run.host, run.owner_id, run.owner):
            return fails(f"{described(run)} is not of the {row.server} account {login}")
    grants = Namespace(owners=(_owner(first),), proof=row.forge)
    proof = holds(f"a run of the {row.server} account {first.owner} ({first.owner_id})")
    return replace(proof, grants=grants)


def _identity(run: CiRun) -> AccountIdentity:
    # The certificate of a job of GitLab has the number of a namespace, which groups share.
    return AccountIdentity(run.host, run.provider == "gitlab-ci", run.owner_id)


def _owner(run: CiRun) -> Owner:
    return Owner.model_validate({"github": run.owner, "id": run.owner_id, "host": run.host})
