"""Publications as pull or merge requests: a branch of the registry's own repository for each.

The branch holds one commit, with the proof in its trailers and the request's address among the
server's facts, so that the address is public as soon as somebody merges it. A change to facts is
looked at by a person (rule overlay-changed): no such request is merged by the gate alone.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from builder.forge.forge import Forge
from builder.gate.report import markdown
from builder.git import transfer
from builder.model.errors import RegistryError, RepositoryError
from builder.model.verdict import Verdict
from builder.publish.commit import trailers
from builder.publish.proposal import Judged, ProposedWrite, WriteOutcome
from builder.publish.writer import PUSH_SECONDS, RemoteRefused, Writer

_SLUG = re.compile(r"[^A-Za-z0-9]+")


class OtherWaits(RegistryError):
    """Somebody else's request for the same waits already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Opens requests on a forge; `repository` is the address of the registry's repository there."""

    writer: Writer
    forge: Forge
    repository: str

    def propose(self, proposal: ProposedWrite, subject: str) -> tuple[WriteOutcome, str]:
        """Return the gate's report on a proposal, and the address of the request for it.

        Nothing is opened for what the gate rejects: then there is no address. `subject` is what
        the request is about: there is one at a time for each, and who opened it brings it up to
        date by asking with other contents. OtherWaits if it is somebody else's; RemoteRefused and
        RemoteError if the forge does not take it.
        """
        self.writer.refresh()
        with self.writer.judging(proposal) as judged:
            outcome = WriteOutcome(report=judged.report)
            if not (judged.is_accepted or self._may_be_shown(proposal, judged)):
                return outcome, ""
            return outcome, self._opened(proposal, judged, _branch(subject))

    def _may_be_shown(self, proposal: ProposedWrite, judged: Judged) -> bool:
        """Return whether a request may be opened for what the gate here leaves to a person.

        Only if notes come with it, since a request with notes always waits for a person. One without
        would be judged by the forge's gate as a branch of the registry's own repository, and merged.
        """
        return judged.report.verdict is not Verdict.REJECT and bool(
            proposal.notes(judged.tip, self.repository)
        )

    def _opened(self, proposal: ProposedWrite, judged: Judged, branch: str) -> str:
        there = self._head(branch)
        waits = there and any(
            one.head == there for one in self.forge.open_pull_requests(self._base)
        )
        if waits and self._holds(there, judged):
            return self._noted(proposal, judged, branch, there)
        if waits and not self._is_of(there, proposal):
            address = self._request(proposal, judged, branch)
            raise OtherWaits(f"Other contents for the same wait for review already: {address}")
        # With a note from the start, so that a person looks at it whatever happens in between.
        first = self.writer.staged(proposal, judged, proposal.notes(judged.tip, self.repository))
        self._push(branch, there, first)
        return self._noted(proposal, judged, branch, first)

    def _noted(self, proposal: ProposedWrite, judged: Judged, branch: str, head: str) -> str:
        """Return the address of the request from a branch, and see that the branch notes it."""
        address = self._request(proposal, judged, branch)
        notes, blob = proposal.notes(judged.tip, address), self.writer.repository.blob
        if any(address.encode() not in (blob(head, path) or b"") for path in notes):
            self._push(branch, head, self.writer.staged(proposal, judged, notes))
        return address

    @property
    def _base(self) -> str:
        return self.writer.config.branch

    def _request(self, proposal: ProposedWrite, judged: Judged, branch: str) -> str:
        identity = proposal.identity
        who = f"{markdown.span(identity.subject)} ({identity.method})"
        body = f"Proposed by {who} through the registry's API.\n\n{markdown.render(judged.report)}"
        number = self.forge.open_pull_request(branch, self._base, proposal.title, body)
        return f"{self.repository}/{self.forge.page(number)}"

    def _head(self, branch: str) -> str:
        """Return the commit of a branch of ours at the remote, "" if there is none."""
        repository, remote, token = self.writer.repository, self.writer.remote, self.writer.token
        refspec = f"+refs/heads/{branch}:refs/mcp-registry/requests/{branch}"
        try:
            found = transfer.head(repository, remote, branch, token=token, seconds=PUSH_SECONDS)
            if found:
                transfer.fetch(repository, remote, refspec, token=token, seconds=PUSH_SECONDS)
        except RepositoryError as error:
            raise RemoteRefused(f"the remote does not answer: {error.message}") from error
        return found

    def _push(self, branch: str, old: str, new: str) -> None:
        writer = self.writer
        try:
            transfer.advance(
                writer.repository,
                writer.remote,
                branch,
                old,
                new,
                token=writer.token,
                seconds=PUSH_SECONDS,
            )
        except RepositoryError as error:
            raise RemoteRefused(f"the remote did not take it: {error.message}") from error

    def _holds(self, commit: str, judged: Judged) -> bool:
        """Return whether a branch has exactly the files that are proposed, and can still be merged."""
        repository = self.writer.repository
        blob, parent = repository.blob, repository.first_parents(commit)[1]
        shown = repository.repo.git.diff_tree("-r", "-z", "--name-only", parent, commit)
        touched = [path for path in str(shown).split("\0") if path]
        return all(blob(commit, path) == data for path, data in judged.files.items()) and all(
            blob(parent, path) == blob(judged.tip, path) for path in touched
        )

    def _is_of(self, commit: str, proposal: ProposedWrite) -> bool:
        """Return whether a commit was proposed by who asks now."""
        ((_, data),) = self.writer.repository.blobs([commit])
        return data.endswith(b"\n\n" + trailers(proposal.identity).encode())


def _branch(subject: str) -> str:
    """Return a branch's name for what a request is about: readable, and never another's."""
    digest = hashlib.sha256(subject.encode()).hexdigest()[:8]
    return f"publish/{_SLUG.sub('-', subject)[:80].strip('-')}-{digest}"
