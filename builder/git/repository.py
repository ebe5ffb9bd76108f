"""The one place that talks to git, through GitPython's command interface.

One `git log` reads a whole history and one `git cat-file --batch` all blobs: asking git per file
would take hours at the size of the official registry (30,000 files: 0.4 s against days), and
GitPython's object streams are about four times slower than `cat-file`.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.git.records import (
    FILES,
    Change,
    Commit,
    TreeEntry,
    _batch,
    _changes,
    _commits,
    _text,
    _tree_entry,
    _widen,
)
from builder.model.errors import RegistryError, RepositoryError

if TYPE_CHECKING:
    import git


# Environment that would make the same commit read differently, or point at another repository.
# https://git-scm.com/docs/git#_environment_variables
UNWANTED_ENVIRONMENT = (
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


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository, bare or not. `root` is its top folder."""

    repo: git.Repo
    root: Path

    @property
    def bare(self) -> bool:
        """Tell whether there is no working tree."""
        return bool(self.repo.bare)

    def commit(self, rev: str) -> str:
        """Resolve a revision to a commit id; RepositoryError if there is none."""
        from git.exc import GitCommandError

        try:
            resolved = self.repo.git.rev_parse(
                "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}"
            )
        except GitCommandError as error:
            if rev == "HEAD" and error.stderr:  # it is not that there are no commits
                raise
            if rev == "HEAD":
                raise RepositoryError(
                    f"{self.root} has no commits yet",
                    help="commit the registry's files first: git add . && git commit",
                ) from error
            raise RepositoryError(f"there is no commit {rev!r} in {self.root}") from error
        return str(resolved)

    def has(self, commit: str) -> bool:
        """Return whether there is a commit of this id."""
        try:
            return self.commit(commit) == commit
        except RepositoryError:
            return False

    def has_commits(self) -> bool:
        """Tell whether there is a commit at HEAD."""
        return bool(self.repo.head.is_valid())

    def require_full_history(self) -> None:
        """Refuse a shallow clone: every date would be wrong.

        Raises RepositoryError with the command that fixes it.
        """
        if self.repo.git.rev_parse("--is-shallow-repository") == "true":
            raise RepositoryError(
                f"{self.root} is a shallow clone: dates, and what a change is, come from the full history",
                help="git fetch --unshallow   (in GitHub Actions: actions/checkout with fetch-depth: 0)",
            )

    def tree(self, rev: str, *paths: str) -> list[TreeEntry]:
        """List the files of a commit, or those below `paths`, in byte order of their paths."""
        output = self._bytes("ls_tree", "-r", "-z", "--full-tree", rev, "--", *paths)
        return [_tree_entry(record) for record in _text(output).split("\0") if record]

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Read many blobs with one `git cat-file --batch`, in the order asked for.

        Git is at work from the call on. A missing object raises RepositoryError.
        """
        with tempfile.TemporaryFile() as requests:
            requests.writelines(f"{blob}\n".encode() for blob in ids)
            requests.seek(0)
            process = self.repo.git.cat_file(
                "--batch", "--buffer", istream=requests, as_process=True
            )
        _widen(process.stdout)
        return _batch(process)

    def blob(self, rev: str, path: str) -> bytes | None:
        """Read one file of a commit, or None if it has none of that path."""
        entries = [entry for entry in self.tree(rev, path) if entry.path == path]
        if not entries or entries[0].mode not in FILES:
            return None
        return next(data for _, data in self.blobs([entries[0].blob]))

    def history(self, rev: str, *, since: str | None = None) -> Iterator[Commit]:
        """Walk the first-parent line of `rev`, oldest commit first.

        With `since` (a commit on that line) only what came after it. Git is at work from the call
        on: the commits are there as it finds them (20,000 commits of 15,000 namespaces: 12 s).
        """
        process = self.repo.git.log(
            "--first-parent",
            "--diff-merges=first-parent",
            "--reverse",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--root",
            "--no-color",
            "--no-show-signature",
            "--no-notes",
            "--no-mailmap",
            "--format=%x01%H %ct",
            "-z",
            f"{since}..{rev}" if since else rev,
            "--",
            as_process=True,
        )
        _widen(process.stdout)
        return _commits(process)

    def first_parents(self, rev: str) -> Sequence[str]:
        """List the commit ids of the first-parent line of `rev`, newest first."""
        return str(self.repo.git.rev_list("--first-parent", rev, "--")).split()

    def changes(self, base: str, head: str) -> list[Change]:
        """List what differs between two trees, by path; renames are a removal and an addition."""
        output = self._bytes(
            "diff_tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", base, head, "--"
        )
        return list(_changes(_text(output).split("\0")))

    def merge_bases(self, base: str, head: str) -> list[str]:
        """List every best common ancestor of two commits; none if they share no history."""
        from git.exc import GitCommandError

        try:
            return str(self.repo.git.merge_base("--all", "--", base, head)).split()
        except GitCommandError as error:
            if error.status == 1:
                return []
            raise failure("merge-base", error) from error

    def names(self, rev: str, folder: str) -> list[str]:
        """List what stands directly in a folder of a commit, by name; nothing if it has none."""
        output = self._bytes("ls_tree", "-z", "--name-only", "--full-tree", rev, f"{folder}/")
        return [_text(path).rpartition("/")[2] for path in output.split(b"\0") if path]

    def folders(self, rev: str, folder: str) -> dict[str, str]:
        """Give the folders that stand directly in a folder of a commit: name -> id of its tree."""
        output = self._bytes("ls_tree", "-z", "-d", "--full-tree", rev, f"{folder}/")
        entries = (_tree_entry(record) for record in _text(output).split("\0") if record)
        return {entry.path.rpartition("/")[2]: entry.blob for entry in entries}

    def sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """Give the size in bytes of each of these blobs, without reading them."""
        with tempfile.TemporaryFile() as requests:
            requests.writelines(f"{blob}\n".encode() for blob in ids)
            requests.seek(0)
            output = self._bytes("cat_file", "--batch-check", "--buffer", istream=requests)
        records = (line.decode().split() for line in output.splitlines())
        return {record[0]: int(record[2]) for record in records if len(record) > 2}

    def present(self, path: str) -> list[str]:
        """List the files below `path` that stand in the working tree and are not ignored."""
        listed = self._bytes(
            "ls_files", "-z", "--cached", "--others", "--exclude-standard", "--", path
        )
        paths = dict.fromkeys(record.rstrip("/") for record in _text(listed).split("\0") if record)
        modes = {path: mode for path in paths if (mode := _mode(f"{self.root}/{path}")) is not None}
        behind = tuple(f"{path}/" for path, mode in modes.items() if stat.S_ISLNK(mode))
        return [path for path in modes if not (behind and path.startswith(behind))]

    @property
    def folder(self) -> Path:
        """The folder that git itself writes to (`.git`), of a worktree the main one's."""
        return Path(self.repo.common_dir)

    def uncommitted(self, *paths: str) -> list[str]:
        """List paths with changes that no commit holds yet (none in a bare repository)."""
        if self.bare:
            return []
        # In one thread: a build on the other cores is what the user waits for.
        status = self.repo.git(c="core.preloadIndex=false").status
        wanted = ("--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *paths)
        output = bytes(status(*wanted, stdout_as_string=False, strip_newline_in_stdout=False))
        return [
            record[3:].decode("utf-8", "surrogateescape")
            for record in output.split(b"\0")
            if record
        ]

    def record(self, message: str, *paths: str) -> str | None:
        """Commit everything below `paths`; give the new commit's id, None if nothing changed.

        Where git knows no identity the commit carries a neutral one.
        """
        if not self.uncommitted(*paths):
            return None
        self.repo.git.add("--all", "--", *paths)
        with self.repo.git.custom_environment(**_identity(self.repo)):
            self.repo.git.commit("--quiet", "--message", message, "--", *paths)
        return self.commit("HEAD")

    def _bytes(self, command: str, *arguments: str, **options: Any) -> bytes:
        from git.exc import GitCommandError

        # GitPython would decode and strip the output, and with it the NULs that end each record.
        try:
            output = getattr(self.repo.git, command)(
                *arguments, stdout_as_string=False, strip_newline_in_stdout=False, **options
            )
        except GitCommandError as error:
            raise failure(command.replace("_", "-"), error) from error
        return bytes(output)


def discover(start: Path) -> Repository:
    """Find the repository around a folder (or a bare one at it).

    Raises RepositoryError where there is none. What commands read through it does not depend on
    replace refs (`git replace`), on grafts or on GIT_* variables of the environment.
    """
    require()
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
    # Else git warns of the file that the variable names, and so that is what a refusal would say.
    repo.git.set_persistent_git_options(c="advice.graftFileDeprecated=false")
    return Repository(repo, root)


def create(folder: Path, message: str) -> Repository:
    """Make a repository (branch `main`) with everything in `folder` as its first commit.

    Where git knows no identity the commit carries a neutral one.
    """
    import git

    repo = git.Repo.init(folder)
    repo.git.symbolic_ref("HEAD", "refs/heads/main")
    repo.git.add("--all")
    with repo.git.custom_environment(**_identity(repo)):
        repo.git.commit("--quiet", "--message", message)
    return discover(folder)


def refusal(error: Exception) -> RegistryError | None:
    """Say in git's own words what it refused to do, None if `error` is not about that.

    Raises KeyboardInterrupt if git was interrupted: Ctrl-C reaches it as well, and maybe first.
    """
    failures = sys.modules.get("git.exc")  # not imported here: `--help` does not need it
    if failures is None or not isinstance(error, failures.GitCommandError):
        return None
    if error.status == -signal.SIGINT:
        raise KeyboardInterrupt from error
    said = re.sub(r"^\s*std(?:err|out): '|'\s*$", "", error.stderr or error.stdout)
    return RegistryError(f"git: {said.strip() or f'exit code {error.status}'}")


def require() -> None:
    """Raise RepositoryError unless git can be run."""
    if shutil.which(os.environ.get("GIT_PYTHON_GIT_EXECUTABLE", "git")) is None:
        raise RepositoryError("git is not on the PATH", help="install it: https://git-scm.com")


def _identity(repo: git.Repo) -> dict[str, str]:
    """Give the variables that a commit needs where git knows nobody: a neutral name."""
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


def failure(command: str, error: git.exc.GitCommandError) -> RepositoryError:
    """Say in one line that a git command failed, with the last line of what git says."""
    said = str(error.stderr).strip(" '\n").splitlines()
    return RepositoryError(f"git {command}: {said[-1] if said else error.status}")


def _mode(path: str) -> int | None:
    try:
        return os.lstat(path).st_mode
    except (OSError, ValueError):
        return None
