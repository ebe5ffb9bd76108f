"""Proof by a TXT record at the domain, or at a parent of it: it covers every sub-domain.

The record must stand at the name itself. An alias (CNAME) is not followed: where it points to is
often a host that anybody can rent, and outlives the contract.
"""

from __future__ import annotations

from functools import partial

from builder.model.domain import domain_of, lineage
from builder.model.errors import RemoteError
from builder.model.sidecars import Key
from builder.net.network import Network
from builder.ownership import domain
from builder.ownership.domain import Source
from builder.ownership.proof import Case, Proof


def prove(case: Case) -> Proof:
    """Look for the keys of the signatures in the TXT records of the namespace's domain."""
    return domain.prove(case, "dns", sources(case.namespace, case.network))


def sources(namespace: str, network: Network) -> list[Source]:
    """Return where a namespace's keys may be published: its domain, then the parents of it."""
    name = domain_of(namespace)
    names = lineage(name) if name else ()
    return [(f"{name} (DNS)", partial(keys, name, network)) for name in names]


def keys(name: str, network: Network) -> frozenset[Key]:
    """Return the keys in a name's TXT records; none if it has none.

    RemoteError if the resolver gives no answer, as opposed to the answer that there is nothing.
    """
    return network.recall(("dns", name), partial(_keys, name, network))


def _keys(name: str, network: Network) -> frozenset[Key]:
    import dns.exception
    import dns.resolver

    try:
        answer = network.make_resolver().resolve(f"{name}.", "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return frozenset()
    except dns.exception.DNSException as error:
        raise RemoteError(f"the TXT records of {name} could not be read: {error}") from error
    if str(answer.canonical_name).lower() != f"{name}.":
        return frozenset()
    texts = (b"".join(item.strings).decode("utf-8", "replace") for item in answer)
    published = (domain.read_record(text) for text in texts)
    return frozenset(key for key in published if key is not None)
