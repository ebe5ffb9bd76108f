"""The servers of a namespace: what its page and its feed are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from builder.cache.store import fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.model.proof_facts import ProofFacts
from builder.model.sidecars import Namespace
from builder.pages.html.row import ServerRow, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceGroup:
    """The servers of one namespace that are shown, by name; `record` is its namespace.yaml."""

    namespace: str
    record: Namespace | None
    rows: Sequence[ServerRow]

    @property
    def proof(self) -> ProofFacts | None:
        """What asking again for its proof found out last; None if nobody has asked."""
        asked = [row for row in self.rows if row.proved or row.failing]
        if not asked:
            return None
        last = max(asked, key=lambda row: (max(row.proved, row.failing), row.name))
        return ProofFacts(proved=last.proved, failing=last.failing, trouble=last.trouble)

    @property
    def key(self) -> str:
        """A hash of all of it."""
        record = self.record.model_dump_json() if self.record else ""
        parts = (self.namespace, record, *(row.key for row in self.rows))
        return fingerprint(*(part.encode("utf-8", "surrogatepass") for part in parts))


def groups(catalogue: Catalogue) -> dict[str, NamespaceGroup]:
    """Return every namespace with a server to show, by name; `catalogue.derived` makes it once."""
    return {
        name: NamespaceGroup(
            namespace=name, record=catalogue.namespaces.get(name), rows=tuple(shown)
        )
        for name, shown in groupby(rows(catalogue), key=lambda row: row.namespace)
    }
