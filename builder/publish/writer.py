"""The one writer of the branch: judge, commit, and move the branch from exactly what was judged.

The branch is moved by compare-and-swap. Killed at any moment it is what it was, or holds exactly
one more commit, whose objects were on the disk before. Whoever else writes the branch meanwhile
(a merge, a second process) makes the swap fail, and the publication is judged anew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from builder.gate import gate
from builder.gate.question import Question
from builder.git import refs, transfer
from builder.git.refs import Moved
from builder.git.resident import ResidentRepository
from builder.model.config import Config
from builder.model.errors import RegistryError, RepositoryError
from builder.net.network import Network
from builder.publish import commit
from builder.publish.commit import Files
from builder.publish.proposal import Judged, ProposedWrite, WriteOutcome, is_accepted

TRIES = 5
PUSH_SECONDS = 30.0


class RemoteRefused(RegistryError):
    """The remote did not take a commit; nothing was published."""


class TooBusy(RegistryError):
    """The branch moved each time that it was to be written."""


@dataclass(slots=True)
class Writer:
    """Writes publications to a branch; `remote` takes each before it counts, "" for none.

    `on_commit` is told each new commit, while nothing else is written.
    """

    repository: ResidentRepository
    network: Network
    config: Config
    remote: str = ""
    token: str = ""
    on_commit: Callable[[str], None] = lambda _commit: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ref(self) -> str:
        """The branch that is published."""
        return f"refs/heads/{self.config.branch}"

    def tip(self) -> str:
        """Return the commit at the tip of the branch."""
        return self.repository.commit(self.ref)

    def read(self, path: str) -> bytes | None:
        """Return a file at the tip of the branch, None if there is none."""
        with self._lock:
            return self.repository.blob(self.tip(), path)

    def write(self, proposal: ProposedWrite) -> WriteOutcome:
        """Judge a proposal on top of the branch, and commit it if it is accepted.

        Raises what `proposal.files` raises, RemoteRefused, and TooBusy.
        """
        with self._lock:
            for _ in range(TRIES):
                try:
                    return self._write(proposal)
                except Moved:
                    self.catch_up()
                finally:
                    self.repository.drop_staged()
        raise TooBusy("the branch is being written by others: try again")

    @contextmanager
    def judging(self, proposal: ProposedWrite) -> Iterator[Judged]:
        """Judge a proposal, and keep others from writing while it is dealt with."""
        with self.alone():
            yield self._judged(proposal)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others from writing; what is held in memory and not written is forgotten at the end."""
        with self._lock:
            try:
                yield
            finally:
                self.repository.drop_staged()

    def staged(self, proposal: ProposedWrite, judged: Judged, notes: Files) -> str:
        """Write the objects of a proposal to the disk, with notes; return its commit.

        For a proposal that is being judged: no branch is moved.
        """
        made = judged.made
        if notes:
            self.repository.drop_staged()
            made = self._made(proposal, judged.tip, {**judged.files, **notes})
        self.repository.write_staged(judged.tip, made.commit)
        return made.commit.sha

    def refresh(self) -> None:
        """Take what others brought to the remote's branch meanwhile; tell of it if there is anything."""
        with self._lock:
            before = self.tip()
            self._take_from_remote()
            if self.tip() != before:
                self.on_commit(self.tip())

    def catch_up(self) -> None:
        """Take what others brought to the remote's branch meanwhile, and tell of it."""
        if self.remote:
            self._take_from_remote()
        self.on_commit(self.tip())

    def _write(self, proposal: ProposedWrite) -> WriteOutcome:
        judged = self._judged(proposal)
        if not judged.is_accepted:
            return WriteOutcome(report=judged.report)
        new = self.staged(proposal, judged, proposal.notes(judged.tip, ""))
        if self.remote:
            self._push(judged.tip, new)
        refs.move(self.repository, self.ref, judged.tip, new, "publish")
        self.on_commit(new)
        return WriteOutcome(report=judged.report, commit=new)

    def _judged(self, proposal: ProposedWrite) -> Judged:
        tip = self.tip()
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

    def _made(self, proposal: ProposedWrite, tip: str, files: Files) -> commit.Made:
        now, identity = int(time.time()), proposal.identity
        return commit.make(self.repository, tip, files, proposal.title, identity, self.config, now)

    def _push(self, tip: str, new: str) -> None:
        branch = self.config.branch
        try:
            transfer.advance(
                self.repository,
                self.remote,
                branch,
                tip,
                new,
                token=self.token,
                seconds=PUSH_SECONDS,
            )
        except RepositoryError as error:
            there = self._fetched()
            if there == new:  # it arrived, and only the answer was lost
                return
            if there != tip:
                raise Moved(self.ref) from error
            raise RemoteRefused(f"the remote did not take it: {error.message}") from error

    def _fetched(self) -> str:
        branch = self.config.branch
        here = f"refs/mcp-registry/remote/{branch}"
        refspec = f"+refs/heads/{branch}:{here}"
        try:
            transfer.fetch(
                self.repository, self.remote, refspec, token=self.token, seconds=PUSH_SECONDS
            )
        except RepositoryError as error:
            raise RemoteRefused(f"the remote does not answer: {error.message}") from error
        return self.repository.commit(here)

    def _take_from_remote(self) -> None:
        there, tip = self._fetched(), self.tip()
        if there == tip or self.repository.merge_bases(tip, there) == [there]:
            return
        if self.repository.merge_bases(tip, there) != [tip]:
            raise RemoteRefused(
                f"{self.config.branch} here and at the remote have grown apart: "
                "neither follows from the other"
            )
        refs.move(self.repository, self.ref, tip, there, "fetch")
