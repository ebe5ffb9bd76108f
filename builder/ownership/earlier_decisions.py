"""What the registry decided earlier and no publisher can undo.

A version that was removed stays removed, whatever its bytes; a namespace that was removed, or
that holds servers of which nobody was ever the owner, is not claimed without a person; and what
the operator said in status.yaml only the operator takes back.
"""

from __future__ import annotations

from collections.abc import Iterator

from builder.model.layout import STATUS_FILE, Kind, place, server_path
from builder.model.sidecars import SidecarError, StatusFile
from builder.model.verdict import Verdict
from builder.ownership.decisions import Decision
from builder.ownership.namespace_change import NamespaceChange


def used_up(change: NamespaceChange) -> Iterator[Decision]:
    """Refuse every entry whose path stood here before; an operator may restore the same bytes."""
    for touch in change.added(Kind.ENTRY):
        removals = change.proposed.removals.at(touch.path)
        if not removals:
            continue
        same = any((removal.path, removal.blob) == (touch.path, touch.blob) for removal in removals)
        restored = same and change.claim.internal
        yield Decision(
            verdict=Verdict.REVIEW if restored else Verdict.REJECT,
            reason=f"{touch.place.name} {touch.place.version} was published here and removed in "
            f"{removals[-1].commit[:12]}: its version is used up",
            rule="version-used-up",
            path=touch.path,
            help="a maintainer decides whether it comes back as it was"
            if restored
            else "publish a new version; only the operator can bring back the same bytes",
        )


def claimed_again(change: NamespaceChange) -> Iterator[Decision]:
    """Ask a person about the first owner of a namespace that is not simply free."""
    if change.owners is not None or not change.added(Kind.NAMESPACE, Kind.ENTRY):
        return
    if any(grant.covers(change.namespace) for grant in change.claim.grants):
        return  # the operator said in registry.yaml whose it is, and nobody is ever pinned
    path = change.touches[0].path
    if change.mirrored or change.published:
        kind = "mirrored servers" if change.mirrored else "servers"
        yield Decision(
            verdict=Verdict.REVIEW,
            reason=f"{change.namespace} holds {kind}, and no account or key was ever pinned for it",
            rule="namespace-has-servers",
            path=path,
            help="a maintainer compares the claim with whoever published them",
        )
    if change.proposed.removals.of_namespace(change.namespace) and not change.published:
        yield Decision(
            verdict=Verdict.REVIEW,
            reason=f"{change.namespace} was here before and was removed",
            rule="namespace-removed-before",
            path=path,
            help="a maintainer decides whether it may be claimed again",
        )


def moderated(change: NamespaceChange) -> Iterator[Decision]:
    """Refuse a status.yaml that changes what the operator said, or that speaks for the operator."""
    servers = {touch.place.name for touch in change.touches if touch.place.kind is Kind.STATUS}
    for server in sorted(servers):
        before, after = change.statuses(server)
        path = server_path(server, STATUS_FILE)
        if isinstance(before, SidecarError):
            yield Decision(
                verdict=Verdict.REVIEW,
                reason=f"{path} of the base branch cannot be read: {before}",
                rule="status-unreadable",
                path=path,
            )
        elif version := _overruled(change, before, after):
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"the status of {server} {version} is the operator's word, and this change "
                "does not leave it as it is",
                rule="status-of-operator",
                path=path,
                help="ask the registry's operator; `by: operator` is not a publisher's to write",
            )


def _overruled(
    change: NamespaceChange, before: StatusFile, proposed: StatusFile | SidecarError
) -> str:
    """Return the first version of which the operator's word changes, "" if there is none."""
    # A file that cannot be read says nothing, and so takes back everything.
    after = StatusFile({}) if isinstance(proposed, SidecarError) else proposed
    versions = {where.version for where in map(place, change.signing.after) if where.version}
    for version in sorted({*before.root, *after.root, *versions}):
        old, new = before.of(version), after.of(version)
        if old != new and any(
            status is not None and status.by == "operator" for status in (old, new)
        ):
            return version
    return ""
