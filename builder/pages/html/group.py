"""The servers of a namespace: what its page and its feed are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from builder.cache.store import fingerprint
from builder.catalogue.by_server import renewed
from builder.catalogue.catalogue import Catalogue, Renewable
from builder.model.proof_facts import ProofFacts
from builder.model.sidecars import Namespace
from builder.pages.html.order import row_changes
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
        return fingerprint("\n".join(parts).encode("utf-8", "surrogatepass"))


def _all_groups(catalogue: Catalogue) -> dict[str, NamespaceGroup]:
    return _of_rows(catalogue, rows(catalogue))


def _renewed_groups(
    last: dict[str, NamespaceGroup], catalogue: Catalogue, _changed: frozenset[str]
) -> dict[str, NamespaceGroup]:
    changes = row_changes(catalogue)
    names = {row.namespace for row in (*changes.gone, *changes.new)}
    now = _of_rows(catalogue, (row for row in rows(catalogue) if row.namespace in names))
    return renewed(last, names, now)


groups = Renewable(_all_groups, _renewed_groups)
"""Every namespace with a server to show, by name; `catalogue.derived` makes it once."""


def _of_rows(catalogue: Catalogue, shown: Iterable[ServerRow]) -> dict[str, NamespaceGroup]:
    by_namespace: dict[str, list[ServerRow]] = defaultdict(list)
    for row in shown:
        by_namespace[row.namespace].append(row)
    return {
        name: NamespaceGroup(
            namespace=name, record=catalogue.namespaces.get(name), rows=tuple(found)
        )
        for name, found in by_namespace.items()
    }


def _all_hashes(catalogue: Catalogue) -> dict[str, str]:
    return {name: group.key for name, group in catalogue.derived(groups).items()}


def _renewed_hashes(
    last: dict[str, str], catalogue: Catalogue, _changed: frozenset[str]
) -> dict[str, str]:
    changes, now = row_changes(catalogue), catalogue.derived(groups)
    names = {row.namespace for row in (*changes.gone, *changes.new)}
    return renewed(last, names, {name: now[name].key for name in names if name in now})


group_hashes = Renewable(_all_hashes, _renewed_hashes)
"""The hash of every such namespace, by name; `catalogue.derived` makes it once."""
