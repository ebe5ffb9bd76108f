"""The branch at a remote that takes each publication before it counts."""

from __future__ import annotations

import time
from dataclasses import dataclass

from builder.git import refs, transfer
from builder.git.refs import Moved
from builder.git.resident import ResidentRepository
from builder.model.errors import RegistryError, RepositoryError

PUSH_SECONDS = 30.0


class RemoteRefused(RegistryError):
    """The remote did not take a commit; nothing was published."""


class RemoteSilent(RemoteRefused):
    """The remote does not answer, or not in time: it would not take other commits either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteBranch:
    """A branch of a repository, and the one of the same name at a remote (name or address)."""

    repository: ResidentRepository
    remote: str
    branch: str
    token: str = ""

    def push(self, old: str, new: str) -> None:
        """Move it there from `old` to `new`.

        Raises Moved if it is elsewhere by now, RemoteRefused if the remote does not take the
        commits, RemoteSilent if it does not answer in time.
        """
        began = time.monotonic()
        try:
            transfer.advance(
                self.repository,
                self.remote,
                self.branch,
                old,
                new,
                token=self.token,
                seconds=PUSH_SECONDS,
            )
        except RepositoryError as error:
            there = self._fetched()
            if there == new:  # it arrived, and only the answer was lost
                return
            if there != old:
                raise Moved(f"{self.branch} has moved at the remote") from error
            is_late = time.monotonic() - began >= PUSH_SECONDS
            refusal = RemoteSilent if is_late else RemoteRefused
            raise refusal(f"the remote did not take it: {error.message}") from error

    def pull(self) -> None:
        """Bring what is new there to the branch here; RemoteRefused if the two have grown apart."""
        repository, ref = self.repository, f"refs/heads/{self.branch}"
        there, here = self._fetched(), repository.commit(ref)
        bases = [] if there == here else repository.merge_bases(here, there)
        if there == here or bases == [there]:
            return
        if bases != [here]:
            raise RemoteRefused(
                f"{self.branch} here and at the remote have grown apart: neither follows from the other"
            )
        refs.move(repository, ref, here, there, "fetch")

    def _fetched(self) -> str:
        target = f"refs/mcp-registry/remote/{self.branch}"
        refspec = f"+refs/heads/{self.branch}:{target}"
        try:
            transfer.fetch(
                self.repository, self.remote, refspec, token=self.token, seconds=PUSH_SECONDS
            )
        except RepositoryError as error:
            raise RemoteSilent(f"the remote does not answer: {error.message}") from error
        return self.repository.commit(target)
