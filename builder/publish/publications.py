"""Publications as answers: an entry, a correction or a status in, one commit or a refusal out.

HTTP itself is in endpoints.py. Whether something may be published is decided by the gate alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from builder import package_proof
from builder.model import sidecars
from builder.model.config import Config
from builder.model.errors import RepositoryError
from builder.model.finding import Severity
from builder.model.layout import STATUS_FILE, entry_path, namespace_path, place, server_path
from builder.model.server_json import is_name, is_namespace
from builder.model.sidecars import SidecarError, Status, StatusFile, VersionStatus
from builder.ownership import proofs, still_proved
from builder.ownership.proof import Case
from builder.ownership.proposer import Claim
from builder.package_proof import ProofSettings
from builder.pages.api.problem import NOT_FOUND, ProblemDocument
from builder.publish import judging, status_change, validation
from builder.publish.answers import WriteAnswer, problem, refused
from builder.publish.commit import Files
from builder.publish.draft import Draft
from builder.publish.identity import Identity
from builder.publish.live import Live
from builder.publish.status_change import NothingChanges, StatusChange
from builder.publish.writer import ProposedWrite, RemoteRefused, TooBusy, Writer, waits
from builder.rules.engine.subject import Entry

_EDITABLE = frozenset({"version-changed"})
PACKAGE_SECONDS = 30.0


class _NoServer(Exception):
    """There is no such server or version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publications:
    """What is published: by the writer, for readers to see.

    `packages` is how package registries are asked whose a package is; None: they are not.
    """

    config: Config
    writer: Writer
    live: Live
    packages: ProofSettings | None = None

    def publish(self, draft: Draft, identity: Identity) -> WriteAnswer:
        """Publish an entry: one commit, or the reason why there is none."""
        if not draft.has_place:
            errors = judging.listed(validation.findings(draft, self.config))
            return refused(
                problem(422, judging.SCHEMA, errors), name=draft.name, version=draft.version
            )
        wrong = self._wrong_packages(draft)
        if wrong is not None:
            return refused(wrong, name=draft.name, version=draft.version)
        self._prove_again(draft.name)
        proposal = ProposedWrite(
            identity=identity,
            claim=identity.claim,
            title=f"Publish {draft.name} {_stem(draft)}",
            files=lambda tip: self._entry_files(draft, identity, tip),
        )
        return self._written(proposal, draft.name, draft.version)

    def edit(self, draft: Draft, name: str, version: str, identity: Identity) -> WriteAnswer:
        """Correct a published entry: an administrator's right."""
        if not identity.may("edit", name):
            return refused(judging.forbidden(identity, "edit", name), name=name, version=version)
        if (draft.name, draft.version) != (name, version):
            detail = "the name and the version of a published entry cannot be changed"
            return refused(problem(400, detail), name=name, version=version)
        proposal = ProposedWrite(
            identity=identity,
            claim=_as_maintainer(identity),
            title=f"Edit {name} {_stem(draft)}",
            files=lambda tip: self._edited_files(draft, tip),
            is_admin=True,
            allowed=_EDITABLE,
        )
        return self._written(proposal, name, version)

    def change_status(
        self, name: str, version: str | None, change: StatusChange, identity: Identity
    ) -> WriteAnswer:
        """Change the lifecycle of a version, or of all (None)."""
        is_admin = identity.may("edit", name)
        self._prove_again(name)
        proposal = ProposedWrite(
            identity=identity,
            claim=_as_maintainer(identity) if is_admin else identity.claim,
            title=f"Set the status of {name}",
            files=lambda tip: self._status_files(name, version, change, tip, is_admin=is_admin),
            is_admin=is_admin,
        )
        return self._written(proposal, name, version or "", every=version is None)

    def _written(
        self, proposal: ProposedWrite, name: str, version: str, *, every: bool = False
    ) -> WriteAnswer:
        identity, facts = proposal.identity, {"name": name, "version": version}
        facts |= {"subject": proposal.identity.subject, "method": proposal.identity.method}
        try:
            outcome = self.writer.write(proposal)
        except _NoServer:
            return refused(NOT_FOUND, **facts)
        except NothingChanges as error:
            return refused(problem(400, str(error)), **facts)
        except (RemoteRefused, TooBusy) as error:
            return refused(problem(503, error.message), **facts)
        except RepositoryError as error:
            # What git says names files of this machine: that is for the operator.
            facts["reason"] = error.message
            return refused(problem(503, "The branch cannot be written now: try again"), **facts)
        if not outcome.commit:
            waiting = waits(outcome.report, self.config)
            answer = judging.refusal(outcome.report, identity, name)
            if waiting and answer.status == 409:
                answer = problem(409, f"{waiting}: publish it by a pull request")
            return refused(answer, **facts)
        body = self._all(name) if every else self.live.item(name, version)
        return WriteAnswer(status=200, body=body, facts={**facts, "commit": outcome.commit})

    def _all(self, name: str) -> bytes:
        server = self.live.server(name)
        versions = [one.version for one in server.versions] if server else []
        items = [self.live.item(name, version) for version in versions]
        return b'{"updatedCount":%d,"servers":[%b]}' % (len(items), b",".join(items))

    def _entry_files(self, draft: Draft, identity: Identity, tip: str) -> Files:
        """Return the files of a publication: the entry, and of a first one its namespace.yaml."""
        repository = self.writer.repository
        data, namespace = draft.data, place(draft.path).namespace
        if repository.blob(tip, draft.path) == data:
            data += b"\n"  # the same once more is a duplicate too, and no change would be none
        owners = namespace_path(namespace)
        if repository.blob(tip, owners) is not None:
            return {draft.path: data}
        case = Case(
            namespace=namespace,
            owners=None,
            claim=identity.claim,
            signers=(),
            unsigned="nothing is signed",
            network=self.writer.network,
            account_namespaces=self.config.policy.account_namespaces,
            servers=frozenset((place(draft.path).server,)),
        )
        proved = proofs.first_owners(case)
        first = {owners: f"{proofs.template(proved)}\n".encode()} if proved else {}
        return {draft.path: data, **first}

    def _edited_files(self, draft: Draft, tip: str) -> Files:
        if self._status(tip, draft.name, draft.version).status is Status.DELETED:
            raise _NoServer
        if self.writer.repository.blob(tip, draft.path) == draft.data:
            raise NothingChanges("no changes: the entry is the same already")
        return {draft.path: draft.data}

    def _status_files(
        self, name: str, version: str | None, change: StatusChange, tip: str, *, is_admin: bool
    ) -> Files:
        if not is_name(name):
            raise _NoServer
        self.live.advance(tip)
        server = self.live.server(name)
        versions = [one.version for one in server.versions] if server else []
        wanted = versions if version is None else [one for one in versions if one == version]
        if not wanted:
            raise _NoServer
        file = self._status_file(tip, name)
        current = {one: self._status(tip, name, one) for one in wanted}
        data = status_change.changed(
            current, file, wanted, change, "operator" if is_admin else "publisher"
        )
        return {server_path(name, STATUS_FILE): data}

    def _status(self, tip: str, name: str, version: str) -> VersionStatus:
        """Return the lifecycle of a version as readers see it; _NoServer if there is none."""
        if not is_name(name) or self.writer.repository.blob(tip, entry_path(name, version)) is None:
            raise _NoServer
        self.live.advance(tip)
        server = self.live.server(name)
        found = server.version(version) if server else None
        if found is None:
            raise _NoServer
        return VersionStatus.model_construct(status=found.status, message=found.status_message)

    def _status_file(self, tip: str, name: str) -> StatusFile:
        data = self.writer.repository.blob(tip, server_path(name, STATUS_FILE))
        try:
            return sidecars.read_status(data) if data is not None else StatusFile({})
        except SidecarError as error:
            raise NothingChanges(f"status.yaml cannot be read: {error}") from error

    def _wrong_packages(self, draft: Draft) -> ProblemDocument | None:
        """Ask the package registries, before anybody waits for the branch."""
        if self.packages is None:
            return None
        entry = Entry(draft.path, place(draft.path), draft.data)
        settings = replace(self.packages, until=time.monotonic() + PACKAGE_SECONDS)
        found = package_proof.verify_entries([entry], settings)
        worst = [one for one in found if one.severity is not Severity.WARNING]
        if not worst:
            return None
        return problem(400, judging.FAILED, judging.listed(worst))

    def _prove_again(self, name: str) -> None:
        """Ask whether the domain of an owned namespace still publishes its keys.

        The answer is remembered for the gate, which must not wait for anybody's DNS server.
        """
        namespace = name.partition("/")[0]
        if not is_namespace(namespace):
            return
        data = self.writer.read(namespace_path(namespace))
        try:
            owners = sidecars.read_namespace(data) if data is not None else None
        except SidecarError:
            return
        if owners is not None:
            still_proved.any_key(namespace, owners, self.writer.network)


def _as_maintainer(identity: Identity) -> Claim:
    return replace(identity.claim, internal=True)


def _stem(draft: Draft) -> str:
    """Return a version as its file's name has it: nothing in it is a word for a forge."""
    return draft.path.rpartition("/")[2].removesuffix(".json")
