"""What the operator removed from servers/: a mirror run brings none of it back."""

from __future__ import annotations

from collections.abc import Callable

from builder.git import records
from builder.git.repository import Repository
from builder.model.layout import SERVERS
from builder.ownership import removed


def of_repository(repository: Repository) -> Callable[[str], str]:
    """Return a function that gives the commit in which a path was removed, "" if it was not, or is back.

    A removal that is not committed yet counts too, as `HEAD`. Raises RepositoryError in a shallow
    clone, whose history does not say.
    """
    if not repository.has_commits():
        return lambda _path: ""
    removals = removed.read(repository, repository.commit("HEAD"))
    gone = _uncommitted(repository)

    def commit(path: str) -> str:
        if (repository.root / path).exists():
            return ""
        if path in gone:
            return "HEAD"
        removed = removals.at(path)
        return removed[-1].commit if removed else ""

    return commit


def _uncommitted(repository: Repository) -> frozenset[str]:
    listed = repository.run(
        "diff", "--name-only", "-z", "--no-renames", "--diff-filter=D", "HEAD", "--", SERVERS
    )
    return frozenset(filter(None, records.text(listed).split("\0")))
