"""Files of a commit by the text in them, as `git grep` finds it: it reads on all cores, and keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence

from builder.git.failures import failure
from builder.git.records import text
from builder.git.repository import Repository
from builder.runtime import processes

_NOTHING = 1
"""The exit code where no file has the text."""


def paths(
    repository: Repository, commit: str, patterns: Sequence[str], within: Sequence[str]
) -> list[str]:
    """Return the paths of the files in which a line matches one of the patterns.

    Patterns are regular expressions over bytes, in any case of letters, that mean the same by POSIX
    (extended) and Perl; `within` are pathspecs
    (https://git-scm.com/docs/gitglossary#Documentation/gitglossary.txt-pathspec).
    Raises RepositoryError if git fails.
    """
    from git.exc import GitCommandError

    try:
        listed = _listed(repository, "--perl-regexp", commit, patterns, within)
    except GitCommandError:  # git may be built without it, and it gives up on some texts
        try:
            listed = _listed(repository, "--extended-regexp", commit, patterns, within)
        except GitCommandError as error:
            raise failure("grep", error) from error
    # Each is "<commit>:<path>".
    return [text(path)[len(commit) + 1 :] for path in listed.split(b"\0") if path]


def _listed(
    repository: Repository, kind: str, commit: str, patterns: Sequence[str], within: Sequence[str]
) -> bytes:
    from git.exc import GitCommandError

    asked = [part for pattern in patterns for part in ("-e", pattern)]
    options = (kind, "--ignore-case", "--text", "--no-color", "--full-name")
    try:
        return bytes(
            repository.repo.git.grep(
                *(*options, f"--threads={processes.cores()}", "--files-with-matches", "-z"),
                *(*asked, commit, "--", *within),
                stdout_as_string=False,
            )
        )
    except GitCommandError as error:
        if error.status == _NOTHING:
            return b""
        raise
