"""The files of a publication: the entry, and of the first of a namespace its namespace.yaml."""

from __future__ import annotations

from builder.model.layout import namespace_path, place
from builder.ownership import proofs
from builder.ownership.proof import Case
from builder.ownership.proposer import Claim
from builder.publish.commit import Files
from builder.publish.draft import Draft
from builder.publish.writer import Writer


def files(writer: Writer, draft: Draft, claim: Claim, tip: str) -> Files:
    """Return the files of an entry on top of a commit, as somebody publishes it."""
    repository = writer.repository
    data, namespace = draft.data, place(draft.path).namespace
    if repository.blob(tip, draft.path) == data:
        data += b"\n"  # the same once more is a duplicate too, and no change would be none
    owners = namespace_path(namespace)
    if repository.blob(tip, owners) is not None:
        return {draft.path: data}
    case = Case(
        namespace=namespace,
        owners=None,
        claim=claim,
        signers=(),
        unsigned="nothing is signed",
        network=writer.network,
        account_namespaces=writer.config.policy.account_namespaces,
        servers=frozenset((place(draft.path).server,)),
    )
    proved = proofs.first_owners(case)
    first = {owners: f"{proofs.template(proved)}\n".encode()} if proved else {}
    return {draft.path: data, **first}
