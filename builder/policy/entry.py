"""One version as the policy sees it: what its lines may ask, each read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from builder.model.forges import AccountNamespaces, account_of
from builder.policy import document as read
from builder.policy.advisories import NO_ADVISORIES, Advisories, Affected
from builder.policy.difference import KindOfChange, differences
from builder.policy.document import Values

Load = Callable[[], Values]


def nothing() -> Values:
    """Return an empty document."""
    return {}


@dataclass(frozen=True, kw_only=True)
class PolicyEntry:
    """A version: `load` reads its document, `load_previous` that of the newest one that is here.

    `published` is when it was published, None if it is not yet; `now` is the time that ages are
    measured to; both in nanoseconds since 1970. `accounts` are logins and ids of its publishers,
    `known` the advisories that are known, `granted` the namespaces that accounts of forges of one's
    own prove.
    """

    name: str
    version: str
    load: Load
    load_previous: Load | None = None
    status: str = "active"
    published: int | None = None
    now: int = 0
    accounts: frozenset[str] = frozenset()
    known: Advisories = NO_ADVISORIES
    granted: tuple[AccountNamespaces, ...] = ()

    @cached_property
    def document(self) -> Values:
        """The server.json; empty if it cannot be read."""
        return self.load()

    @property
    def namespace(self) -> str:
        """What stands before the slash of the name."""
        return self.name.partition("/")[0]

    @property
    def age(self) -> int:
        """How long ago it was published, in nanoseconds; 0 if it was not yet."""
        return 0 if self.published is None else max(self.now - self.published, 0)

    @cached_property
    def publishers(self) -> frozenset[str]:
        """Logins and numeric ids of who publishes it."""
        login = self.namespace.rpartition(".")[2]
        own = {login} if account_of(self.namespace, self.granted) else set()
        return self.accounts | own

    @cached_property
    def changes(self) -> tuple[KindOfChange, ...]:
        """How it differs in kind from the newest version that is here."""
        if self.load_previous is None:
            return ()
        return differences(self.load_previous(), self.document)

    @cached_property
    def advisories(self) -> tuple[Affected, ...]:
        """The advisories about what it runs."""
        return self.known.about(self.document)

    @cached_property
    def packages(self) -> frozenset[str]:
        """Every form of every package's identifier."""
        return read.packages(self.document)

    @cached_property
    def has_secrets(self) -> bool:
        """Whether it asks for a secret."""
        return bool(read.secrets(self.document))

    @cached_property
    def fingerprint(self) -> str:
        """The hash of what matters for running it."""
        return read.fingerprint(self.document)
