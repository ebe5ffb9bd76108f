"""Objects to and from another repository: the only git commands that use the network.

All other modules read what is in the local repository.
"""

from __future__ import annotations

import base64

from builder.git.failures import failure
from builder.git.repository import Repository

FETCH = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")


def fetch(
    repository: Repository, remote: str, refspec: str, *, token: str = "", seconds: float = 0
) -> None:
    """Fetch objects from a remote (name or address), checking each; no file is touched.

    Raises RepositoryError if there is no such ref or an object is malformed, or after `seconds`
    (0: it may take any time).
    """
    _exchange(repository, "fetch", (*FETCH, "--", remote, refspec), token, seconds)


def head(
    repository: Repository, remote: str, branch: str, *, token: str = "", seconds: float = 0
) -> str:
    """Return the commit of a remote's branch, "" if it has none of that name.

    RepositoryError if the remote does not answer.
    """
    ref = f"refs/heads/{branch}"
    listed = _exchange(repository, "ls_remote", ("--", remote, ref), token, seconds)
    return next((line.split()[0] for line in listed.splitlines() if line.endswith(ref)), "")


def heads(
    repository: Repository, remote: str, folder: str, *, token: str = "", seconds: float = 0
) -> dict[str, str]:
    """Return a remote's branches below a folder of branches, as commit -> branch.

    RepositoryError if the remote does not answer.
    """
    listed = _exchange(
        repository, "ls_remote", ("--", remote, f"refs/heads/{folder}/*"), token, seconds
    )
    rows = (line.split() for line in listed.splitlines())
    return {commit: ref.removeprefix("refs/heads/") for commit, ref in rows}


def push(repository: Repository, remote: str, refspec: str, *, token: str = "") -> None:
    """Push to a remote (name or address); RepositoryError if it refuses."""
    _exchange(repository, "push", ("--quiet", "--", remote, refspec), token)


def advance(
    repository: Repository,
    remote: str,
    branch: str,
    old: str,
    new: str,
    *,
    token: str = "",
    seconds: float = 0,
) -> None:
    """Move a remote's branch from `old` to `new`, a commit after it.

    RepositoryError if the branch is elsewhere by now, or the remote refuses: then it has not moved.
    After `seconds` (0: never) the attempt is ended, and it is not known whether it has.
    """
    ref = f"refs/heads/{branch}"
    lease = f"--force-with-lease={ref}:{old}"
    _exchange(repository, "push", ("--quiet", lease, "--", remote, f"{new}:{ref}"), token, seconds)


def address(repository: Repository, remote: str) -> str:
    """Return the address of a remote: what is configured for its name, or what was given."""
    names = {known.name: known.url for known in repository.repo.remotes}
    return names.get(remote, remote)


def credentials(token: str) -> dict[str, str]:
    """Return the settings of an exchange as variables; with a token they hold a secret.

    In the environment, not as arguments: other processes can read a command line.
    https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIGCOUNT
    """
    settings = {"transfer.fsckObjects": "true", "http.followRedirects": "false"}
    if token:
        secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        settings["http.extraHeader"] = f"Authorization: Basic {secret}"
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


def _exchange(
    repository: Repository,
    command: str,
    arguments: tuple[str, ...],
    token: str,
    seconds: float = 0,
) -> str:
    from git.exc import GitCommandError

    limit = {"kill_after_timeout": seconds} if seconds else {}
    try:
        with repository.repo.git.custom_environment(**credentials(token)):
            return str(getattr(repository.repo.git, command)(*arguments, **limit))
    except GitCommandError as error:
        raise failure(command.replace("_", "-"), error) from error
