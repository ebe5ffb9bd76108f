"""Publications as answers: an entry, a correction or a status in, one commit or a refusal out.

HTTP itself is in endpoints.py. Whether something may be published is decided by the gate alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

from builder.model.config import Config
from builder.model.errors import RemoteError, RepositoryError
from builder.ownership.proposer import Claim
from builder.package_proof import ProofSettings
from builder.pages.api.problem import NOT_FOUND
from builder.publish import beforehand, change_files, judging, new_entry, notes, validation
from builder.publish.answers import WriteAnswer, problem, refused
from builder.publish.change_files import NoServer
from builder.publish.commit import Files
from builder.publish.draft import Draft
from builder.publish.identity import Identity
from builder.publish.live import Live
from builder.publish.proposal import ProposedWrite, waits
from builder.publish.remote_branch import RemoteRefused
from builder.publish.requests import OtherWaits, Requests
from builder.publish.status_change import NothingChanges, StatusChange
from builder.publish.writer import TooBusy, Writer

_EDITABLE = frozenset({"version-changed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Publications:
    """What is published: by the writer, for readers to see.

    `packages` is how package registries are asked whose a package is; None: they are not.
    `requests` opens a request for each publication; None: each is written at once.
    """

    config: Config
    writer: Writer
    live: Live
    packages: ProofSettings | None = None
    requests: Requests | None = None

    def publish(self, draft: Draft, identity: Identity) -> WriteAnswer:
        """Publish an entry: one commit, or the reason why there is none."""
        if not draft.has_place:
            errors = judging.listed(validation.findings(draft, self.config))
            return refused(
                problem(422, judging.SCHEMA, errors), name=draft.name, version=draft.version
            )
        if self._is_merged(draft, identity):
            return self._shown(draft.name, draft.version, identity)
        wrong = beforehand.wrong_packages(draft, self.packages)
        if wrong is not None:
            return refused(wrong, name=draft.name, version=draft.version)
        beforehand.prove_again(draft.name, self.writer)
        proposal = ProposedWrite(
            identity=identity,
            claim=identity.claim,
            title=f"Publish {draft.name} {_stem(draft)}",
            kind="entry",
            files=lambda tip: new_entry.files(self.writer, draft, identity.claim, tip),
            notes=lambda tip, address: self._notes(draft, identity, tip, address),
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
            files=lambda tip: change_files.edited(self.writer, self.live, draft, tip),
            is_admin=True,
            allowed=_EDITABLE,
        )
        return self._written(proposal, name, version)

    def change_status(
        self, name: str, version: str | None, change: StatusChange, identity: Identity
    ) -> WriteAnswer:
        """Change the lifecycle of a version, or of all (None)."""
        is_admin = identity.may("edit", name)
        by: Literal["operator", "publisher"] = "operator" if is_admin else "publisher"
        beforehand.prove_again(name, self.writer)
        proposal = ProposedWrite(
            identity=identity,
            claim=_as_maintainer(identity) if is_admin else identity.claim,
            title=f"Set the status of {name}",
            files=lambda tip: change_files.with_status(
                self.writer, self.live, name, version, change, tip, by
            ),
            is_admin=is_admin,
        )
        return self._written(proposal, name, version or "", every=version is None)

    def _written(
        self, proposal: ProposedWrite, name: str, version: str, *, every: bool = False
    ) -> WriteAnswer:
        identity, facts = proposal.identity, {"name": name, "version": version}
        facts |= {"subject": proposal.identity.subject, "method": proposal.identity.method}
        try:
            if self.requests is not None:
                return self._proposed(self.requests, proposal, name, version, facts)
            outcome = self.writer.write(proposal)
        except NoServer:
            return refused(NOT_FOUND, **facts)
        except NothingChanges as error:
            return refused(problem(400, str(error)), **facts)
        except OtherWaits as error:
            return refused(problem(409, error.message), **facts)
        except (RemoteRefused, TooBusy) as error:
            return refused(problem(503, error.message), **facts)
        except RemoteError as error:
            facts["reason"] = error.message
            return refused(problem(503, "The forge does not take requests now: try again"), **facts)
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

    def _proposed(
        self,
        requests: Requests,
        proposal: ProposedWrite,
        name: str,
        version: str,
        facts: dict[str, str],
    ) -> WriteAnswer:
        """Open a request: the publisher program prints the body of what is no success."""
        # Without a version it is about all. None of the three has a space: no two requests share a subject.
        subject = " ".join(filter(None, (name, version, proposal.kind)))
        outcome, address = requests.propose(proposal, subject)
        if not address:
            return refused(judging.refusal(outcome.report, proposal.identity, name), **facts)
        findings = judging.listed(outcome.report.findings)
        answer = problem(409, f"Waiting for review: {address}", findings)
        return refused(answer, **facts, request=address)

    def _is_merged(self, draft: Draft, identity: Identity) -> bool:
        """Return whether exactly this was accepted by a request: then asking again succeeds."""
        if self.requests is None or not identity.may("publish", draft.name):
            return False
        self.writer.refresh()
        return self.writer.read(draft.path) == draft.data

    def _shown(self, name: str, version: str, identity: Identity) -> WriteAnswer:
        facts = {"name": name, "version": version, "subject": identity.subject}
        body = self.live.item(name, version)
        return WriteAnswer(status=200, body=body, facts={**facts, "method": identity.method})

    def _all(self, name: str) -> bytes:
        server = self.live.server(name)
        versions = [row.version for row in server.versions] if server else []
        items = [self.live.item(name, version) for version in versions]
        return b'{"updatedCount":%d,"servers":[%b]}' % (len(items), b",".join(items))

    def _notes(self, draft: Draft, identity: Identity, tip: str, address: str) -> Files:
        now = int(time.time())
        before = notes.read(self.writer.repository, tip, draft.name)
        after = notes.with_run(before, draft.version, identity.claim.run, now)
        if address:
            after = notes.with_request(after, draft.version, address, now)
        return notes.files(draft.name, before, after)


def _as_maintainer(identity: Identity) -> Claim:
    return replace(identity.claim, internal=True)


def _stem(draft: Draft) -> str:
    """Return a version as its file's name has it: nothing in it is a word for a forge."""
    return draft.path.rpartition("/")[2].removesuffix(".json")
