"""What registry.yaml grants at each commit: namespaces to accounts of forges of one's own, and internal ones.

Blocks of a publisher are about the namespaces that are named after the account. An internal namespace is
marked in every answer: no other registry would take it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from builder.git import records
from builder.model import strict_yaml
from builder.model.account_grant import AccountGrant
from builder.model.forges import AccountNamespaces, account_of
from builder.model.layout import CONFIG
from builder.model.policy_settings import InternalNamespace, is_granted

_ACCOUNTS = TypeAdapter(tuple[AccountGrant, ...])
_INTERNAL = TypeAdapter(tuple[InternalNamespace, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """The namespaces that accounts prove by their names, and patterns of those that the operator grants."""

    accounts: tuple[AccountNamespaces, ...] = ()
    internal: tuple[str, ...] = ()

    def of(self, name: str) -> dict[str, bool]:
        """Return what the registry says of a server's name by its grants: `granted`, or nothing."""
        return {"granted": True} if _is_covered(name, self.internal) else {}

    def relabelled(self, before: Grants, names: Iterable[str]) -> Iterator[str]:
        """Yield the servers of which these grants may say something else than those before."""
        changed = {*self.internal} ^ {*before.internal}
        return (name for name in names if changed and _is_covered(name, changed))

    def republished(self, before: Grants, names: Iterable[str]) -> Iterator[str]:
        """Yield the servers whose publisher is another one by these grants than by those before."""
        changed = {*self.accounts} ^ {*before.accounts}
        return (name for name in names if changed and account_of(name.partition("/")[0], changed))


def after(
    grants: Grants, changes: Iterable[records.FileChange], contents: Mapping[str, bytes]
) -> Grants:
    """Return the grants after changes, by the contents of their blobs.

    A registry.yaml that cannot be read, or is not there, leaves them as they were.
    """
    for change in changes:
        if change.path == CONFIG and change.mode in records.FILES:
            grants = _read(contents[change.blob]) or grants
    return grants


def _read(data: bytes) -> Grants | None:
    try:
        policy: Any = strict_yaml.parse(data).get("policy") or {}
        accounts = _ACCOUNTS.validate_python(policy.get("accounts") or ())
        internal = _INTERNAL.validate_python((policy.get("publish") or {}).get("internal") or ())
    except (strict_yaml.YamlError, ValidationError, AttributeError):
        return None
    return Grants(
        accounts=tuple(grant.row for grant in accounts),
        internal=tuple(grant.namespace for grant in internal),
    )


def _is_covered(name: str, patterns: Iterable[str]) -> bool:
    namespace = name.partition("/")[0]
    return any(is_granted(namespace, pattern) for pattern in patterns)
