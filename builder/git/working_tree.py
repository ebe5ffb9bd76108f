"""The working tree of a repository: files that no commit holds yet, and the commit that takes them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from builder.git.discovery import discover, remove_foreign_variables
from builder.git.records import text
from builder.git.repository import Repository

if TYPE_CHECKING:
    import git


def present(repository: Repository, path: str) -> list[str]:
    """Return the files below `path` that stand in the working tree and are not ignored."""
    output = repository.run(
        "ls_files", "-z", "--cached", "--others", "--exclude-standard", "--", path
    )
    paths = dict.fromkeys(record.rstrip("/") for record in text(output).split("\0") if record)
    modes = {
        path: mode for path in paths if (mode := _mode(f"{repository.root}/{path}")) is not None
    }
    links = tuple(f"{path}/" for path, mode in modes.items() if stat.S_ISLNK(mode))
    # What is committed below a folder that is a link by now is not there any more.
    return [path for path in modes if not (links and path.startswith(links))]


def uncommitted(repository: Repository, *paths: str) -> list[str]:
    """Return the paths with changes that no commit holds yet (none in a bare repository)."""
    if repository.bare:
        return []
    # In one thread: a build on the other cores is what the user waits for.
    status = repository.repo.git(c="core.preloadIndex=false").status
    wanted = ("--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *paths)
    output = bytes(status(*wanted, stdout_as_string=False, strip_newline_in_stdout=False))
    return [text(record[3:]) for record in output.split(b"\0") if record]


def commit(repository: Repository, message: str, *paths: str) -> str | None:
    """Commit everything below `paths`; return the new commit's id, None if nothing changed.

    Where git knows no identity the commit carries a neutral one.
    """
    if not uncommitted(repository, *paths):
        return None
    repository.repo.git.add("--all", "--", *paths)
    with repository.repo.git.custom_environment(**_identity(repository.repo)):
        repository.repo.git.commit("--quiet", "--message", message, "--", *paths)
    return repository.commit("HEAD")


def author(repository: Repository) -> str:
    """Return the name that git knows for commits here, "" if it knows none."""
    with repository.repo.config_reader() as settings:
        return str(settings.get_value("user", "name", default=""))


def create(folder: Path, message: str) -> Repository:
    """Make a repository (branch `main`) with everything in `folder` as its first commit.

    Where git knows no identity the commit carries a neutral one.
    """
    import git

    remove_foreign_variables()
    repo = git.Repo.init(folder)
    repo.git.symbolic_ref("HEAD", "refs/heads/main")
    repo.git.add("--all")
    with repo.git.custom_environment(**_identity(repo)):
        repo.git.commit("--quiet", "--message", message)
    return discover(folder)


def _identity(repo: git.Repo) -> dict[str, str]:
    """Return the variables that a commit needs where git knows nobody: a neutral name."""
    from git.exc import GitCommandError

    identity: dict[str, str] = {}
    for role in ("AUTHOR", "COMMITTER"):
        try:
            repo.git.var(f"GIT_{role}_IDENT")
        except GitCommandError:
            identity |= {
                f"GIT_{role}_NAME": "mcp-registry",
                f"GIT_{role}_EMAIL": "mcp-registry@localhost",
            }
    return identity


def _mode(path: str) -> int | None:
    try:
        return os.lstat(path).st_mode
    except (OSError, ValueError):
        return None
