"""Whose the hosts are that an entry leads to: those that another namespace has proved.

The first who publishes an address would have it. Where its host is proved to be another's, a
person looks before a server is published that leads there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

from builder.git.records import REGULAR, TreeEntry
from builder.model import filled_in, server_json, sidecars
from builder.model.domain import covers, lineage
from builder.model.layout import Kind, namespace_path, place
from builder.model.sidecars import Namespace, SidecarError
from builder.model.verdict import Verdict
from builder.ownership.decisions import Decision
from builder.ownership.key import canonical
from builder.ownership.namespace_change import NamespaceChange, files_of

_READ = 200
"""Entries of a server that are read at most, to see whether it has led to a host before."""


def decide(change: NamespaceChange) -> Iterator[Decision]:
    """Ask a person about each entry that begins to lead to a host proved by another namespace."""
    added = change.added(Kind.ENTRY)
    hosts = _hosts(change, {touch.path: touch.blob for touch in added if touch.mode == REGULAR})
    owner_of, used_before = cache(partial(_owner, change)), cache(partial(_used_before, change))
    for path, used in hosts.items():
        for host in sorted(used):
            owner = owner_of(host)
            if owner and host not in used_before(place(path).name):
                yield Decision(
                    verdict=Verdict.REVIEW,
                    reason=f"{host} is proved to be a host of {owner}, and this server leads there",
                    rule="address-of-another",
                    path=path,
                    help=f"a maintainer asks {owner}, or publish it there",
                )


def _hosts(change: NamespaceChange, blobs: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return the hosts that entries lead to, given their blobs by path."""
    repository = change.proposed.repository
    sizes = repository.sizes(set(blobs.values())) if blobs else {}
    readable = [blob for blob in sizes if sizes[blob] <= server_json.MAX_BYTES]
    contents = dict(repository.blobs(readable)) if readable else {}
    return {
        path: filled_in.hosts(contents[blob]) if blob in contents else frozenset()
        for path, blob in blobs.items()
    }


def _used_before(change: NamespaceChange, server: str) -> frozenset[str]:
    entries: Sequence[TreeEntry] = [
        file
        for path, file in change.before.items()
        if place(path).kind is Kind.ENTRY and place(path).name == server and file.mode == REGULAR
    ]
    hosts = _hosts(change, {file.path: file.blob for file in entries[-_READ:]})
    return frozenset().union(*hosts.values())


def _owner(change: NamespaceChange, host: str) -> str:
    """Return the other namespace that has proved a host, "" if none has or it is the same owner's."""
    own = change.owners if isinstance(change.owners, Namespace) else change.new_owners
    if isinstance(own, Namespace) and covers(change.namespace, own.proof, host):
        return ""
    spellings = change.proposed.namespaces
    for domain in lineage(host):
        name = spellings.get(".".join(reversed(domain.split("."))))
        owners = _owners(change, name) if name and name != change.namespace else None
        if owners and name and covers(name, owners.proof, host):
            return "" if isinstance(own, Namespace) and _same(own, owners) else name
    return ""


def _owners(change: NamespaceChange, namespace: str) -> Namespace | None:
    proposed = change.proposed
    path = namespace_path(namespace)
    file = files_of(proposed.repository, proposed.change.base, namespace).get(path)
    if file is None or file.mode != REGULAR:
        return None
    try:
        return sidecars.read_namespace(dict(proposed.repository.blobs([file.blob]))[file.blob])
    except SidecarError:
        return None


def _same(mine: Namespace, other: Namespace) -> bool:
    accounts = {owner.identity for owner in mine.owners}
    keys = {canonical(key) for key in mine.keys}
    return not accounts.isdisjoint(owner.identity for owner in other.owners) or (
        not keys.isdisjoint(canonical(key) for key in other.keys)
    )
