"""The servers of a namespace: what its page and its feed are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from builder.cache.store import fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.model.sidecars import Namespace
from builder.pages.html.row import ServerRow, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceGroup:
    """The servers of one namespace that are shown, by name; `record` is its namespace.yaml."""

    namespace: str
    record: Namespace | None
    rows: Sequence[ServerRow]

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
