"""The git repository around a folder, opened so that nothing outside it changes what is read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from builder.git.repository import Repository
from builder.model.errors import RepositoryError

# Variables that would make the same commit read differently, or point at another repository.
# https://git-scm.com/docs/git#_environment_variables
_FOREIGN_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_CEILING_DIRECTORIES",
    "GIT_LITERAL_PATHSPECS",
    "GIT_EXTERNAL_DIFF",
)

# Settings of a user or a clone that would change what is read, or mix something else into it.
_SETTINGS = (
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",
    f"diff.orderFile={os.devnull}",
    # Git would warn of it, and refusals are shown in its words.
    "advice.graftFileDeprecated=false",
)


def discover(start: Path) -> Repository:
    """Return the repository around a folder, or the bare one at it.

    Raises RepositoryError where there is none. What is read through it does not depend on replace
    refs (`git replace`), on grafts or on GIT_* variables that point elsewhere: those are removed
    from the environment of this process.
    """
    require_git()
    remove_foreign_variables()
    import git
    from git.exc import InvalidGitRepositoryError, NoSuchPathError

    try:
        repo = git.Repo(start, search_parent_directories=True)
    except (InvalidGitRepositoryError, NoSuchPathError) as error:
        raise RepositoryError(
            f"{start.absolute()} is not in a git repository",
            help="run in a registry's repository, name one with --root, or make one: mcp-registry init DIR",
        ) from error
    root = Path(repo.working_tree_dir or repo.git_dir)
    repo.git.update_environment(
        GIT_NO_REPLACE_OBJECTS="1", GIT_GRAFT_FILE=os.devnull, GIT_OPTIONAL_LOCKS="0", LC_ALL="C"
    )
    repo.git.set_persistent_git_options(c=_SETTINGS)
    return Repository(repo, root)


def require_git() -> None:
    """Raise RepositoryError unless git can be run."""
    if shutil.which(os.environ.get("GIT_PYTHON_GIT_EXECUTABLE", "git")) is None:
        raise RepositoryError("git is not on the PATH", help="install it: https://git-scm.com")


def remove_foreign_variables() -> None:
    """Remove the variables that would make git read another repository, or this one differently."""
    for name in _FOREIGN_VARIABLES:
        os.environ.pop(name, None)
