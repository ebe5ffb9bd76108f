"""Publications as pull or merge requests: a branch of the registry's own repository for each.

The branch holds one commit, with the proof in its trailers and the request's address among the
server's facts, so that the address is public as soon as somebody merges it. A change to facts is
looked at by a person (rule overlay-changed): no such request is merged by the gate alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from builder.facts import gather
from builder.forge import branches
from builder.forge.forge import Forge
from builder.gate.report import markdown
from builder.git import transfer
from builder.model.errors import RegistryError, RepositoryError
from builder.model.layout import Kind, place
from builder.model.verdict import Verdict
from builder.publish import commit, notes
from builder.publish.proposal import Judged, ProposedWrite, WriteOutcome
from builder.publish.remote_branch import PUSH_SECONDS, RemoteRefused
from builder.publish.writer import Writer

FOLDER = "publish"
"""The folder of branches in which there is one for each request."""


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
            return outcome, self._opened(proposal, judged, branches.named_after(FOLDER, subject))

    def bring_up_to_date(self) -> None:
        """Put open requests on the tip again if what they note stands in a file that has changed.

        Two versions of one server are noted in one file: once the first is merged, no forge could merge
        the second. RepositoryError and RemoteError if the forge does not answer.
        """
        writer = self.writer
        ours = transfer.heads(
            writer.repository, writer.remote, FOLDER, token=writer.token, seconds=PUSH_SECONDS
        )
        for request in self.forge.open_pull_requests(self._base):
            branch = ours.get(request.head)
            if branch and self._head(branch) == request.head:
                with writer.alone():
                    self._put_on_tip(branch, request.head)

    def _put_on_tip(self, branch: str, head: str) -> None:
        repository, tip = self.writer.repository, self.writer.tip()
        blob, parent = repository.blob, repository.first_parents(head)[1]
        files = {path: blob(head, path) for path in self._touched(head)}
        files = {path: data for path, data in files.items() if data != blob(tip, path)}
        moved = [path for path in files if blob(parent, path) != blob(tip, path)]
        if not moved or any(place(path).kind is not Kind.FACTS for path in moved):
            return
        for path in moved:
            name = place(path).name
            facts = (notes.read(repository, commit, name) for commit in (head, parent, tip))
            files[path] = gather.written(notes.carried(*facts))
        now = int(time.time())
        made = commit.again(repository, head, tip, files, self.writer.config, now)
        repository.write(repository.accept(tip, made.commit))
        self._push(branch, head, made.commit.sha)

    def _touched(self, head: str) -> list[str]:
        """Return the paths that the one commit of a branch of ours touches."""
        shown = self.writer.repository.repo.git.diff_tree(
            "-r", "-z", "--name-only", f"{head}^", head
        )
        return [path for path in str(shown).split("\0") if path]

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
            request.head == there for request in self.forge.open_pull_requests(self._base)
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
        proposer = f"{markdown.span(identity.subject)} ({identity.method})"
        body = f"Proposed by {proposer} through the registry's API.\n\n{markdown.render(judged.report)}"
        number = self.forge.open_pull_request(branch, self._base, proposal.title, body)
        return f"{self.repository}/{self.forge.page(number)}"

    def _head(self, branch: str) -> str:
        """Return the commit of a branch of ours at the remote, "" if there is none."""
        repository, remote, token = self.writer.repository, self.writer.remote, self.writer.token
        refspec = f"+refs/heads/{branch}:refs/mcp-registry/requests/{branch}"
        try:
            tip = transfer.head(repository, remote, branch, token=token, seconds=PUSH_SECONDS)
            if tip:
                transfer.fetch(repository, remote, refspec, token=token, seconds=PUSH_SECONDS)
        except RepositoryError as error:
            raise RemoteRefused(f"the remote does not answer: {error.message}") from error
        return tip

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
        return all(blob(commit, path) == data for path, data in judged.files.items()) and all(
            blob(parent, path) == blob(judged.tip, path) for path in self._touched(commit)
        )

    def _is_of(self, head: str, proposal: ProposedWrite) -> bool:
        """Return whether a commit was proposed by who asks now."""
        ((_, data),) = self.writer.repository.blobs([head])
        return commit.is_of(data, proposal.identity)
