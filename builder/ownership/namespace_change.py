"""What a change does to one namespace, as a value: its files before and after, and who proposes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from builder.git.change import Action, Change, Touch
from builder.git.records import REGULAR, TreeEntry
from builder.git.repository import Repository
from builder.model import server_json, sidecars
from builder.model.finding import Finding
from builder.model.layout import (
    SERVERS,
    STATUS_FILE,
    UPSTREAM_FILE,
    Kind,
    namespace_path,
    place,
    server_path,
)
from builder.model.policy_settings import Policy
from builder.model.sidecars import Namespace, SidecarError, StatusFile
from builder.model.strict_yaml import MAX_BYTES
from builder.net.network import Network
from builder.ownership import removed, signed_files, vouched_entries
from builder.ownership.proposer import Claim
from builder.ownership.removed import Removals
from builder.ownership.signed_files import SignedFiles, SigningContext
from builder.ownership.statement import RegistryIdentity
from builder.ownership.vouched_entries import VouchedEntries


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A change and who proposes it: what is the same for all its namespaces.

    `registry` is None if the settings of the base branch cannot be read. `now` is when the
    judgement is made, in seconds since 1970: signatures are good until a day. `policy` is that of
    the base branch, which may grant namespaces.
    """

    repository: Repository
    change: Change
    claim: Claim
    network: Network
    registry: RegistryIdentity | None
    now: int
    policy: Policy = field(default_factory=Policy)

    @cached_property
    def removals(self) -> Removals:
        """What was removed of the change's namespaces on the main line up to the base."""
        return removed.read(self.repository, self.change.base, self.change.namespaces)

    @cached_property
    def namespaces(self) -> Mapping[str, str]:
        """The namespaces of the base, as they are spelled there, by lower case."""
        return {name.lower(): name for name in self.repository.names(self.change.base, SERVERS)}


@dataclass(frozen=True, kw_only=True)
class NamespaceChange:
    """One namespace and what a change does to it.

    `before` are the namespace's files on the base branch by path; `spellings` the namespaces of
    the base branch that differ from this one only in case; `findings` what the rules say of it.
    """

    proposed: Proposed
    namespace: str
    touches: tuple[Touch, ...]
    before: Mapping[str, TreeEntry]
    spellings: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def claim(self) -> Claim:
        """Who proposes the change."""
        return self.proposed.claim

    @cached_property
    def owners(self) -> Namespace | SidecarError | None:
        """Who the namespace belongs to: the operator's grant, else namespace.yaml of the base branch.

        Or why that file cannot be read, or None if there is neither.
        """
        if grant := self.proposed.policy.grant(self.namespace):
            return Namespace(owners=grant.owners, keys=grant.keys, proof="operator")
        entry = self.before.get(namespace_path(self.namespace))
        return self._namespace(entry) if entry else None

    @cached_property
    def new_owners(self) -> Namespace | SidecarError | None:
        """namespace.yaml as the change has it, None if it does not touch it."""
        path = namespace_path(self.namespace)
        touch = next((touch for touch in self.touches if touch.path == path), None)
        return self._namespace(TreeEntry(touch.mode, touch.blob, path)) if touch else None

    @cached_property
    def signing(self) -> SigningContext:
        """The files that signatures are about."""
        proposed = self.proposed
        return signed_files.load(
            proposed.repository, self.before, self.touches, proposed.registry, proposed.now
        )

    @cached_property
    def signed(self) -> SignedFiles:
        """What the signatures of the change say."""
        return signed_files.read_all(self.signing)

    @cached_property
    def vouched(self) -> VouchedEntries:
        """What the bundles of the change say."""
        proposed = self.proposed
        return vouched_entries.read_all(
            proposed.repository, self.touches, self._trusted_root, proposed.now
        )

    def _trusted_root(self) -> bytes | None:
        """Return the roots of trust that the settings name, as the base branch has them."""
        path, repository = self.proposed.policy.sigstore_root, self.proposed.repository
        return repository.blob(self.proposed.change.base, path) if path else None

    @cached_property
    def mirrored(self) -> frozenset[str]:
        """The servers of the namespace, by name, that the base branch mirrors."""
        places = map(place, self.before)
        return frozenset(where.name for where in places if where.kind is Kind.UPSTREAM)

    @cached_property
    def published(self) -> bool:
        """Whether the base branch has an entry here that is not mirrored."""
        places = map(place, self.before)
        return any(where.kind is Kind.ENTRY and where.name not in self.mirrored for where in places)

    def statuses(self, server: str) -> tuple[StatusFile | SidecarError, StatusFile | SidecarError]:
        """Return status.yaml of a server (`<namespace>/<name>`) before and after the change."""
        path = server_path(server, STATUS_FILE)
        return (self._status(self.before.get(path)), self._status(self.signing.after.get(path)))

    def added(self, *kinds: Kind) -> list[Touch]:
        """Return the files of these kinds that the change adds."""
        return [
            touch
            for touch in self.touches
            if touch.action is Action.ADD and touch.place.kind in kinds
        ]

    def _namespace(self, file: TreeEntry) -> Namespace | SidecarError:
        try:
            return sidecars.read_namespace(self._read(file))
        except SidecarError as error:
            return error

    def _status(self, file: TreeEntry | None) -> StatusFile | SidecarError:
        try:
            return sidecars.read_status(self._read(file)) if file else StatusFile({})
        except SidecarError as error:
            return error

    def _read(self, file: TreeEntry) -> bytes:
        if file.mode != REGULAR:
            raise SidecarError("it is not a regular file")
        repository = self.proposed.repository
        size = repository.sizes([file.blob]).get(file.blob, 0)
        if size > MAX_BYTES:
            raise SidecarError(server_json.too_large(size, MAX_BYTES))
        return next(data for _, data in repository.blobs([file.blob]))


def files_of(repository: Repository, commit: str, namespace: str) -> dict[str, TreeEntry]:
    """Return a namespace's files in a commit, by path."""
    return {entry.path: entry for entry in repository.tree(commit, f"{SERVERS}/{namespace}")}


def mirror_record(server: str) -> str:
    """Return the path of the file that says where a server was mirrored from."""
    return server_path(server, UPSTREAM_FILE)
