"""The commits that a head brings along: counted, and their objects measured, before one is read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from builder.git.bounds import ChangeBounds, Excess, require
from builder.git.repository import Repository


def proposed(repository: Repository, base: str, head: str, bounds: ChangeBounds) -> tuple[str, ...]:
    """List the commits that `head` has and `base` has not, newest first; Excess if there are too many."""
    listed = repository.commits_between(base, head, bounds.commits + 1)
    require(len(listed), bounds.commits, "commits or more")
    return listed


def dates(repository: Repository, shas: Sequence[str]) -> list[tuple[str, int]]:
    """Return commit ids with their readable times (seconds since 1970, 0 for none)."""
    if not shas:
        return []
    return repository.times(shas)


def require_small(repository: Repository, base: str, head: str, bounds: ChangeBounds) -> None:
    """Raise Excess if the objects of these commits are too many or too large.

    Of a single commit there is no need to ask: comparing its tree with the base's shows them all.
    """
    from git.exc import GitCommandError

    objects = ("--objects", "--no-object-names", head, f"^{base}", "--")
    try:
        walk = repository.repo.git.rev_list(*objects, as_process=True)
        require(
            sum(1 for _ in islice(walk.stdout, bounds.objects + 1)),
            bounds.objects,
            "objects or more in its commits",
        )
        walk.wait()
        size = int(repository.repo.git.rev_list("--disk-usage", *objects))
    except GitCommandError as error:
        # Git recurses into folders: 100,000 of them inside one another end it.
        raise Excess("git cannot walk the objects of its commits") from error
    require(size, bounds.size, "bytes in its commits")
