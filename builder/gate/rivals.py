"""Named files against the rest of their registry: who else has a remote at the same address."""

from __future__ import annotations

from collections.abc import Iterator

from builder.check import engine, remote_index, scope
from builder.check.broken_rules import pointer
from builder.check.scope import Scope
from builder.git.records import REGULAR, TreeEntry
from builder.git.repository import Repository
from builder.model import remote_address
from builder.model.finding import Finding, Severity
from builder.model.layout import Kind, Place, ownership_sidecars, place
from builder.model.sidecars import Status
from builder.rules.engine.fields import items, string
from builder.rules.engine.subject import Entry, Tree

_RULE = "remote-url-conflict"


def conflicts(repository: Repository, checked: Scope) -> Iterator[Finding]:
    """Yield what the rules that need a whole registry say of the entries of single files.

    Compared with are the files of HEAD as the working tree has them.
    """
    if repository.bare or not repository.has_commits():
        return
    used = {url for entry in checked.entries for _, url in remote_address.remotes(entry.data)}
    rivals = remote_index.users(repository, repository.commit("HEAD"), used)
    if not rivals:
        return
    own = {entry.path for entry in checked.entries if entry.place.kind is Kind.ENTRY}
    together = scope.of_files(repository, _with_sidecars(repository, rivals | own))
    yield from (finding for finding in engine.check_across(together) if finding.path in own)
    for entry in checked.entries:
        if entry.path not in own:
            yield from _of_draft(entry, together.tree)


def _with_sidecars(repository: Repository, paths: set[str]) -> list[TreeEntry]:
    sidecars = {sidecar for path in paths for sidecar in ownership_sidecars(path)}
    present = (path for path in paths | sidecars if (repository.root / path).is_file())
    return [TreeEntry(REGULAR, path, path) for path in sorted(present)]


def _of_draft(entry: Entry, tree: Tree) -> Iterator[Finding]:
    """A draft has no place in the tree: its addresses are compared one by one."""
    users: dict[str, Place] = {}
    own = entry.document.get("name")
    for path, addresses in tree.remotes.items():
        where = place(path)
        if tree.status(where.name, where.version) is not Status.DELETED:
            users.update((remote_address.key(url), where) for _, url in addresses)
    for steps, remote in items(entry.document, "remotes"):
        url = string(remote, "url")
        host = remote_address.host(url)
        user = users.get(remote_address.key(url))
        if user and user.name != own and host and "{" not in host:
            yield Finding(
                rule=_RULE,
                severity=Severity.ERROR,
                path=entry.path,
                message=f"{string(remote, 'url')} is already used by {user.name}",
                help="one address is one server: publish it under one name",
                pointer=pointer((*steps, "url")),
            )
