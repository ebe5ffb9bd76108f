"""The one writer of the branch: judge, commit, and move the branch from exactly what was judged.

Each publication and each change is one commit. The branch is moved by compare-and-swap, here and at
the remote, for several at once where more than one waits. Killed at any moment it is what it was, or
holds exactly the commits of those that wait, whose objects were on the disk before. Whoever else writes the branch meanwhile (a merge,
a second process) makes the swap fail, and each publication is judged anew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from builder.gate import gate
from builder.gate.question import Question
from builder.git import refs
from builder.git.object_memory import Objects
from builder.git.refs import Moved
from builder.git.resident import ResidentRepository
from builder.model.config import Config
from builder.model.errors import RegistryError, RepositoryError
from builder.net.network import Network
from builder.publish import commit
from builder.publish.commit import Files
from builder.publish.group_commit import CommitGroup, CommitQueue, NotInGroup, QueueEnd
from builder.publish.proposal import Judged, ProposedWrite, WriteOutcome, is_accepted
from builder.publish.remote_branch import RemoteBranch, RemoteRefused, RemoteSilent

TRIES = 5


class TooBusy(RegistryError):
    """The branch moved each time that it was to be written."""


@dataclass(slots=True)
class Writer:
    """Writes publications to a branch; `remote` takes each before it counts, "" for none.

    `on_commit` is told where the branch is each time that it has moved, while nothing else is
    written. Who needs both locks takes `_writing` first.
    """

    repository: ResidentRepository
    network: Network
    config: Config
    remote: str = ""
    token: str = ""
    on_commit: Callable[[str], None] = lambda _commit: None
    _queue: CommitQueue = field(default_factory=CommitQueue)
    _writing: threading.Lock = field(default_factory=threading.Lock)
    _judging: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ref(self) -> str:
        """The branch that is published."""
        return f"refs/heads/{self.config.branch}"

    def tip(self) -> str:
        """Return the commit at the tip of the branch."""
        return self.repository.commit(self.ref)

    def read(self, path: str) -> bytes | None:
        """Return a file at the tip of the branch, None if there is none."""
        return self.repository.blob(self.tip(), path)

    def write(self, proposal: ProposedWrite) -> WriteOutcome:
        """Judge a proposal on top of the branch, and commit it if it is accepted.

        Raises what `proposal.files` raises, RemoteRefused, and TooBusy.
        """
        write = self._write_in_group
        for _ in range(TRIES):
            try:
                return write(proposal)
            except NotInGroup:
                write = self._write_alone
            except Moved:
                with self.alone():
                    self.catch_up()
        raise TooBusy("the branch is being written by others: try again")

    @contextmanager
    def judging(self, proposal: ProposedWrite) -> Iterator[Judged]:
        """Judge a proposal, and keep others from writing while it is dealt with."""
        with self.alone():
            yield self._judged(proposal, self.tip())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others from judging and writing, after what was accepted before is on the branch.

        What is held in memory and not written is forgotten at the end.
        """
        with self._writing, self._judging:
            self._write_group()
            try:
                yield
            finally:
                self.repository.drop_staged()

    def staged(self, proposal: ProposedWrite, judged: Judged, notes: Files) -> str:
        """Write the objects of a proposal to the disk, with notes; return its commit.

        For a proposal that is being judged: no branch is moved.
        """
        made = self._noted(proposal, judged, notes)
        self.repository.write(self.repository.accept(judged.tip, made.commit))
        return made.commit.sha

    def refresh(self) -> None:
        """Take what others brought to the remote's branch meanwhile; tell of it if there is anything."""
        with self.alone():
            before = self.tip()
            self._at_remote.pull()
            if self.tip() != before:
                self.on_commit(self.tip())

    def catch_up(self) -> None:
        """Take what others brought to the remote's branch meanwhile, and tell of it."""
        if self.remote:
            self._at_remote.pull()
        self.on_commit(self.tip())

    def _write_alone(self, proposal: ProposedWrite) -> WriteOutcome:
        with self.alone():
            self.on_commit(self.tip())  # others may have moved it
            judged = self._judged(proposal, self.tip())
            if not judged.is_accepted:
                return WriteOutcome(report=judged.report)
            made = self._noted(proposal, judged, proposal.notes(judged.tip, ""))
            objects = self.repository.accept(judged.tip, made.commit)
            self._bring(objects, judged.tip, made.commit.sha)
            self.on_commit(made.commit.sha)
            return WriteOutcome(report=judged.report, commit=made.commit.sha)

    def _write_in_group(self, proposal: ProposedWrite) -> WriteOutcome:
        """Judge on top of what is accepted already; then whoever comes first writes it for all."""
        end, judged, joined = self._judged_in_turn(proposal)
        with self._writing:
            # Who is refused waits too: perhaps for the sake of what is not on the branch yet.
            if (end.head or joined) and not (joined and joined.is_done):
                self._write_group()
        if joined is None:
            if self._queue.end().failures != end.failures:
                raise Moved("what this was compared with was not written")
            return WriteOutcome(report=judged.report)
        if joined.error is not None:
            raise joined.error
        return WriteOutcome(report=judged.report, commit=judged.made.commit.sha)

    def _judged_in_turn(
        self, proposal: ProposedWrite
    ) -> tuple[QueueEnd, Judged, CommitGroup | None]:
        """Judge a proposal on top of the queue, and put it there if it is accepted."""
        with self._judging:
            end = self._queue.end()
            try:
                judged = self._judged(proposal, end.head or self.tip())
                if not judged.is_accepted:
                    return end, judged, None
                made = self._noted(proposal, judged, proposal.notes(judged.tip, ""))
                return end, replace(judged, made=made), self._join(end, judged.tip, made)
            except RepositoryError as error:
                if self._queue.end().failures != end.failures:
                    raise Moved("what this follows was not written") from error
                raise
            finally:
                self.repository.drop_staged()

    def _join(self, end: QueueEnd, tip: str, made: commit.Made) -> CommitGroup:
        objects = self.repository.accept(tip, made.commit)
        try:
            return self._queue.join(end, tip, made.commit.sha, objects)
        except Moved:
            self.repository.forget(objects)
            raise

    def _write_group(self) -> None:
        """Bring the commits that wait to the branch; what becomes of them is noted in their group."""
        group = self._queue.close()
        if group is None:
            return
        try:
            self._bring(group.objects, group.tip, group.head)
        except RegistryError as error:
            for failed in self._queue.fail(*_errors_of_group(group, error)):
                self.repository.forget(failed.objects)
            return
        self._queue.succeed()
        self.on_commit(group.head)

    def _bring(self, objects: Objects, old: str, new: str) -> None:
        """Bring the branch to a commit: its objects to the disk, it to the remote, then the branch."""
        try:
            self.repository.write(objects)
            if self.remote:
                self._at_remote.push(old, new)
            refs.move(self.repository, self.ref, old, new, "publish")
        except OSError as error:
            raise RepositoryError(f"the repository cannot be written: {error}") from error

    def _judged(self, proposal: ProposedWrite, tip: str) -> Judged:
        files = proposal.files(tip)
        made = self._made(proposal, tip, files)
        question = Question(
            base=tip, head=made.commit.sha, proposer=proposal.claim, network=self.network
        )
        report = gate.answer(self.repository, question)
        return Judged(
            tip=tip,
            files=files,
            report=report,
            made=made,
            is_accepted=is_accepted(proposal, report, self.config),
        )

    def _noted(self, proposal: ProposedWrite, judged: Judged, notes: Files) -> commit.Made:
        """Return the commit that was judged, or with notes one that has them as well."""
        if not notes:
            return judged.made
        self.repository.drop_staged()
        return self._made(proposal, judged.tip, {**judged.files, **notes})

    def _made(self, proposal: ProposedWrite, tip: str, files: Files) -> commit.Made:
        now, identity = int(time.time()), proposal.identity
        return commit.make(self.repository, tip, files, proposal.title, identity, self.config, now)

    @property
    def _at_remote(self) -> RemoteBranch:
        return RemoteBranch(
            repository=self.repository,
            remote=self.remote,
            branch=self.config.branch,
            token=self.token,
        )


def _errors_of_group(
    group: CommitGroup, error: RegistryError
) -> tuple[RegistryError, RegistryError]:
    """Return why a group was not written, and why those that follow it were not."""
    if not isinstance(error, RemoteRefused) or isinstance(error, RemoteSilent):
        return error, error
    # What it refuses may be one of them: each is asked about by itself.
    alone = NotInGroup("the remote refused those that it was sent together")
    return (error if group.count == 1 else alone), alone
