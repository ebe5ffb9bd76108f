"""The one writer of the branch: judge, commit, and move the branch from exactly what was judged.

The branch is moved by compare-and-swap. Killed at any moment it is what it was, or holds exactly
one more commit, whose objects were on the disk before. Whoever else writes the branch meanwhile
(a merge, a second process) makes the swap fail, and the publication is judged anew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from builder.gate import gate
from builder.gate.question import Question
from builder.gate.report.report import Report
from builder.git import refs, transfer
from builder.git.refs import Moved
from builder.git.resident import ResidentRepository
from builder.model.config import Config
from builder.model.errors import RegistryError, RepositoryError
from builder.model.finding import Severity
from builder.model.verdict import Verdict
from builder.net.network import Network
from builder.ownership.proposer import Claim
from builder.publish import commit
from builder.publish.commit import Files
from builder.publish.identity import Identity

TRIES = 5
PUSH_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedWrite:
    """What somebody wants to be written: files on top of a commit, which they may depend on.

    An administrator decides alone what others would have reviewed; `allowed` are the rules that
    do not hold an administrator back. `claim` is what the gate judges it by.
    """

    identity: Identity
    claim: Claim
    title: str
    files: Callable[[str], Files]
    is_admin: bool = False
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOutcome:
    """The gate's report on a proposal, and the commit that was made of it; "" if there is none."""

    report: Report
    commit: str = ""


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

    def judge(self, proposal: ProposedWrite) -> Report:
        """Judge a proposal, and write nothing."""
        with self._lock:
            try:
                return self._judged(proposal, self.tip())[0]
            finally:
                self.repository.drop_staged()

    def catch_up(self) -> None:
        """Take what others brought to the remote's branch meanwhile, and tell of it."""
        if self.remote:
            self._take_from_remote()
        self.on_commit(self.tip())

    def _write(self, proposal: ProposedWrite) -> WriteOutcome:
        tip = self.tip()
        report, made = self._judged(proposal, tip)
        if not _is_accepted(proposal, report, self.config):
            return WriteOutcome(report=report)
        self.repository.write_staged(tip, made.commit)
        new = made.commit.sha
        if self.remote:
            self._push(tip, new)
        refs.move(self.repository, self.ref, tip, new, "publish")
        self.on_commit(new)
        return WriteOutcome(report=report, commit=new)

    def _judged(self, proposal: ProposedWrite, tip: str) -> tuple[Report, commit.Made]:
        files = proposal.files(tip)
        now = int(time.time())
        made = commit.make(
            self.repository, tip, files, proposal.title, proposal.identity, self.config, now
        )
        question = Question(
            base=tip, head=made.commit.sha, proposer=proposal.claim, network=self.network
        )
        return gate.answer(self.repository, question), made

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


def _is_accepted(proposal: ProposedWrite, report: Report, config: Config) -> bool:
    if proposal.is_admin:
        return not any(
            one.severity is Severity.ERROR and one.rule not in proposal.allowed
            for one in report.findings
        )
    return report.verdict is Verdict.ACCEPT and not waits(report, config)


def waits(report: Report, config: Config) -> str:
    """Return why a change that is accepted must still be shown to others for a while; "" if not."""
    hours = config.policy.new_namespace_hours
    names = [one for one in report.namespaces if one.new or one.waits]
    if not hours or not names:
        return ""
    return f"{names[0].namespace} {names[0].waits or 'is new here'}, and others have {hours} hours to object"
