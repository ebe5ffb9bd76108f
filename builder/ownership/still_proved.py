"""Does the domain of an owned namespace still publish a key of its namespace.yaml?

A domain that has expired belongs to somebody else next year. What was proved by it counts while
it can still be seen there, for the accounts that the file lists as for its keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from builder.model.sidecars import Namespace
from builder.net.network import Network
from builder.ownership import dns_record, well_known
from builder.ownership.domain import Source, search
from builder.ownership.key import canonical
from builder.ownership.proof import Proof, fails, holds

SOURCES: Mapping[str, Callable[[str, Network], list[Source]]] = {
    "dns": dns_record.sources,
    "http": well_known.sources,
}


def any_key(namespace: str, owners: Namespace, network: Network) -> Proof:
    """Prove that the domain publishes one of the keys that namespace.yaml lists.

    Holds at once where no domain was the proof, and where no key was ever pinned that the domain
    could publish: such an owner was listed by the operator.
    """
    pinned = {canonical(key) for key in owners.keys}
    if owners.proof not in SOURCES or not pinned:
        return holds("no domain is its proof")
    sources = SOURCES[owners.proof](namespace, network)
    return search(namespace, sources, lambda published: not published.isdisjoint(pinned))


def every_key(namespace: str, proposed: Namespace, network: Network) -> Proof:
    """Prove that the domain publishes all keys of a namespace.yaml, by the proof it names."""
    keys = {canonical(key) for key in proposed.keys}
    if not keys:
        return fails("it lists no key that the domain could publish")
    sources = SOURCES[proposed.proof](namespace, network)
    return search(namespace, sources, lambda published: published.issuperset(keys))
