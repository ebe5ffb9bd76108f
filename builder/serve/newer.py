"""What is newer than a built site: documents and items of lists, of servers that have changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from builder.serve.query import ListItem

ChangedServers = Mapping[str, Sequence[ListItem]]
"""All versions of each server that has changed, by its name; none of one that is gone."""


class ChangedSince(NamedTuple):
    """The servers that have changed since a commit; `is_whole` unless some are not known any more."""

    servers: ChangedServers
    is_whole: bool = True


class Newer(Protocol):
    """Knows what is newer than the site."""

    def document(self, path: str) -> bytes | bool:
        """Return the document at a path below the site, or False if it is gone by now.

        True says that the site's own is right.
        """

    def changed_since(self, commit: str) -> ChangedSince:
        """Return the servers that have changed since the commit that a site was built from.

        The same mapping as before if nothing has changed since it was asked last.
        """

    def moment(self) -> object:
        """Return a value that is another as soon as something else is known."""


class SiteIsNewest:
    """Knows of nothing that is newer than the site."""

    def document(self, _path: str) -> bytes | bool:
        """Return True: the site's own is right."""
        return True

    def changed_since(self, _commit: str) -> ChangedSince:
        """Return no servers."""
        return _NOTHING

    def moment(self) -> object:
        """Return always the same."""
        return None


_NOTHING = ChangedSince({})
