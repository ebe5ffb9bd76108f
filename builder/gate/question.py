"""What a check is asked, and how its paths and revisions are made exact."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder.gate.selection import Selection
from builder.git import working_tree
from builder.git.bounds import MAINTAINER, PUBLISHER, ChangeBounds
from builder.git.repository import Repository
from builder.model.errors import RegistryError
from builder.model.layout import CONFIG, REGISTRY_FOLDERS, SERVERS
from builder.net.network import Network
from builder.ownership.proposer import NOBODY, Claim
from builder.ownership.pull_request_event import read_claim

CHANGE_SECONDS = 300.0
"""How long others may be asked about one change. Slow servers of its author would keep a workflow
busy until it is ended, and then nobody is told anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be checked: a change, or files of the working tree, or without either all.

    `paths` are files or folders; a JSON file outside servers/ is a draft of an entry. `event`
    tells who proposes the change: what `pull-request fetch` writes, or a pull_request_target event,
    unless `proposer` is known already; `online` asks
    the package registries too. `account` is who would propose the change (LOGIN or LOGIN:ID).
    `selection` says which findings are told, and with `mirrored` warnings about mirrored entries
    are told one by one. `network` is the way to the domains that prove a namespace. `jobs`
    processes check a whole registry.
    """

    paths: tuple[Path, ...] = ()
    base: str = ""
    head: str = ""
    event: bytes | None = None
    proposer: Claim | None = None
    online: bool = False
    account: str = ""
    selection: Selection = field(default_factory=Selection)
    mirrored: bool = False
    jobs: int = 1
    network: Network = field(default_factory=Network)

    @property
    def claim(self) -> Claim:
        """Who proposes the change; RegistryError if the event is none."""
        if self.proposer is not None:
            return self.proposer
        return NOBODY if self.event is None else read_claim(self.event)

    @property
    def bounds(self) -> ChangeBounds:
        """How much of the change is read: more of a branch of the registry's own repository."""
        return MAINTAINER if self.claim.internal else PUBLISHER

    def fixed(self, repository: Repository) -> Question:
        """Return the same question about two commits, since a branch may move while it is checked.

        The time in which others are asked begins now. RepositoryError if a revision is none.
        """
        if not self.base:
            return self
        head = repository.commit(self.head or "HEAD")
        network = replace(self.network, until=time.monotonic() + CHANGE_SECONDS)
        return replace(self, base=repository.commit(self.base), head=head, network=network)

    def files(self, repository: Repository) -> list[str]:
        """List the files that the paths name, relative to the repository's root; folders name theirs.

        RegistryError if a path is outside the repository, or has nothing to be checked.
        """
        return list(dict.fromkeys(_named(repository, self.paths)))


def is_registrys(path: str) -> bool:
    """Return whether a file, relative to the root, is the registry's own: no draft of an entry."""
    return path == CONFIG or path.partition("/")[0] in REGISTRY_FOLDERS


def _named(repository: Repository, paths: Sequence[Path]) -> list[str]:
    return [file for path in paths for file in _files(repository, path)]


def _files(repository: Repository, path: Path) -> list[str]:
    root = repository.root.resolve()
    # The folder is resolved, the file is not: a link is a finding, not to be followed.
    whole = path.parent.resolve() / path.name if path.name else path.resolve()
    if not whole.is_relative_to(root):
        raise RegistryError(
            f"{path} is not in the repository {root}",
            help="check it in its own folder, or copy it into the repository",
        )
    relative = whole.relative_to(root).as_posix()
    if whole.is_dir():
        present = [
            file for file in working_tree.present(repository, relative) if is_registrys(file)
        ]
        if present or relative.partition("/")[0] in REGISTRY_FOLDERS:
            return present
    elif is_registrys(relative) or relative.endswith(".json"):
        return [relative]
    raise RegistryError(
        f"nothing is to be checked in {path}",
        help=f"name {CONFIG}, what is in {', '.join(REGISTRY_FOLDERS)}, or a server.json that is to "
        f"go into {SERVERS}; without a path all of the registry's are checked",
    )
