"""What the commits of a repository hold, asked of git through GitPython's command interface.

One `git log` reads a whole history and one `git cat-file --batch` all blobs: asking git per file
would take hours at the size of the official registry (30,000 files: 0.4 s against days), and
GitPython's object streams are about four times slower than `cat-file`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.git import contents
from builder.git.contents import Contents
from builder.git.failures import failure, missing
from builder.git.records import (
    FILES,
    Commit,
    FileChange,
    TreeEntry,
    asked_for,
    read_blobs,
    read_changes,
    read_commits,
    read_tree_entry,
    readable_time,
    text,
    widen,
)
from builder.model.errors import RepositoryError

if TYPE_CHECKING:
    import git


NOTHING_KEPT: dict[Any, Any] = {}
"""Stands for a memory that there is not: always empty, and nothing is put into it."""


_IN_PIECES = {"GIT_FLUSH": "0"}
"""The environment of a long list: git writes it in pieces, and not line by line into the pipe."""


@dataclass(frozen=True, slots=True)
class Repository:
    """What the commits of a git repository hold, bare or not. `root` is its top folder."""

    repo: git.Repo
    root: Path

    @property
    def bare(self) -> bool:
        """Whether there is no working tree."""
        return bool(self.repo.bare)

    def commit(self, rev: str) -> str:
        """Return the id of the commit that a revision names; RepositoryError if there is none."""
        from git.exc import GitCommandError

        try:
            resolved = self.repo.git.rev_parse(
                "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}"
            )
        except GitCommandError as error:
            if rev == "HEAD" and error.stderr:  # it is not that there are no commits
                raise
            if rev == "HEAD":
                words = ("--verify", "--quiet", rev)
                if id := self.repo.git.rev_parse(*words, with_exceptions=False):
                    raise missing(id) from error
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
        """Return whether there is a commit at HEAD."""
        return bool(self.repo.head.is_valid())

    def require_full_history(self) -> None:
        """Raise RepositoryError, with the command that helps, if this is a shallow clone.

        Every date would be wrong.
        """
        if self.repo.git.rev_parse("--is-shallow-repository") == "true":
            raise RepositoryError(
                f"{self.root} is a shallow clone: dates, and what a change is, come from the full history",
                help="git fetch --unshallow   (in GitHub Actions: actions/checkout with fetch-depth: 0)",
            )

    def tree(self, rev: str, *paths: str) -> list[TreeEntry]:
        """Return the files of a commit, or those below `paths`, in byte order of their paths."""
        output = self.run("ls_tree", "-r", "-z", "--full-tree", rev, "--", *paths)
        return [read_tree_entry(record) for record in text(output).split("\0") if record]

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield many blobs, id and content, in the order asked for, with one `git cat-file --batch`.

        Git is at work from the call on; it is not started for none. A missing object raises RepositoryError.
        """
        with asked_for(ids) as asked:
            if not asked.tell():
                return iter(())
            asked.seek(0)
            process = self.repo.git.cat_file("--batch", "--buffer", istream=asked, as_process=True)
        widen(process.stdout)
        return read_blobs(process)

    def contents(self, ids: Iterable[str], most: int = sys.maxsize) -> Contents:
        """Return the contents of many blobs, and the sizes of those that have more than `most` bytes."""
        return contents.read(self.repo.git, ids, most)

    def blob(self, rev: str, path: str) -> bytes | None:
        """Return the content of one file of a commit, None if it has no file of that path."""
        entries = [entry for entry in self.tree(rev, path) if entry.path == path]
        if not entries or entries[0].mode not in FILES:
            return None
        return next(data for _, data in self.blobs([entries[0].blob]))

    def history(
        self, rev: str, *, since: str | None = None, diff_filter: str = ""
    ) -> Iterator[Commit]:
        """Yield the commits of the first-parent line of `rev`, oldest first.

        With `since` (a commit on that line) only what came after it; with `diff_filter` only the
        changes of these kinds (git's letters: D for files that are removed). Git is at work from the call
        on: the commits are there as it finds them (19,100 commits of 15,000 namespaces: 13 s).
        """
        # A long line takes half of that where its folders are put together from packs: long_history.py.
        span = f"{since}..{rev}" if since else rev
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
            *((f"--diff-filter={diff_filter}",) if diff_filter else ()),
            "--format=%x01%H",
            "-z",
            span,
            "--",
            as_process=True,
        )
        widen(process.stdout)
        return read_commits(process, dict(self._dated(span)))

    def first_parents(self, rev: str) -> Sequence[str]:
        """Return the commit ids of the first-parent line of `rev`, newest first."""
        return str(self.repo.git.rev_list("--first-parent", rev, "--", env=_IN_PIECES)).split()

    def dates(self, rev: str) -> list[tuple[str, int]]:
        """Return the first-parent line of `rev`, newest first: commit ids and readable times."""
        return self._dated(rev)

    def _dated(self, span: str) -> list[tuple[str, int]]:
        # Not the %ct of a format: with two committers it is the other one's, and there is none in a
        # commit that says it is UTF-16.
        asked = ("--first-parent", "--timestamp", span, "--")
        lines = str(self.repo.git.rev_list(*asked, env=_IN_PIECES)).splitlines()
        return [(sha, readable_time(time)) for time, sha in (line.split(" ") for line in lines)]

    def changes(self, base: str, head: str) -> list[FileChange]:
        """List what differs between two trees, by path; renames are a removal and an addition."""
        output = self.run(
            "diff_tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", base, head, "--"
        )
        return list(read_changes(text(output).split("\0")))

    def merge_bases(self, base: str, head: str) -> list[str]:
        """Return every best common ancestor of two commits; none if they share no history."""
        from git.exc import GitCommandError

        try:
            return str(self.repo.git.merge_base("--all", "--", base, head)).split()
        except GitCommandError as error:
            if error.status == 1:
                return []
            raise failure("merge-base", error) from error

    def commits_between(self, base: str, head: str, most: int) -> tuple[str, ...]:
        """List the commits that `head` has and `base` has not, newest first, at most `most`."""
        listed = self.repo.git.rev_list(f"--max-count={most}", head, f"^{base}", "--")
        return tuple(str(listed).split())

    def times(self, commits: Sequence[str]) -> list[tuple[str, int]]:
        """Return commits with their readable times (seconds since 1970, 0 for none)."""
        listed = self.repo.git.rev_list("--no-walk=unsorted", "--timestamp", *commits, "--")
        lines = map(str.split, str(listed).splitlines())
        return [(commit, readable_time(time)) for time, commit in lines]

    def root_tree(self, commit: str) -> str:
        """Return the id of a commit's tree."""
        asked = ("--verify", "--end-of-options", f"{commit}^{{tree}}")
        return str(self.repo.git.rev_parse(*asked))

    @property
    def parsed_trees(self) -> dict[str, Any]:
        """Trees that were read, by id; NOTHING_KEPT where they are not kept."""
        return NOTHING_KEPT

    @property
    def named_trees(self) -> dict[str, Any]:
        """Trees that were looked into, as entries by name, by id; NOTHING_KEPT where they are not kept."""
        return NOTHING_KEPT

    @property
    def kept_listings(self) -> dict[tuple[bytes, str], tuple[TreeEntry, ...]]:
        """The files below folders that were listed, by path and tree; NOTHING_KEPT where they are not kept."""
        return NOTHING_KEPT

    @property
    def own_trees(self) -> Set[str]:
        """Trees that this process made as git makes them, by id."""
        return frozenset()

    @property
    def kept_indexes(self) -> dict[str, dict[str, Any]]:
        """Index files that were read, by name; NOTHING_KEPT where they are not kept."""
        return NOTHING_KEPT

    def names(self, rev: str, folder: str) -> tuple[str, ...]:
        """Return the names directly in a folder of a commit; none if there is no such folder."""
        output = self.run("ls_tree", "-z", "--name-only", "--full-tree", rev, f"{folder}/")
        return tuple(text(path).rpartition("/")[2] for path in output.split(b"\0") if path)

    def folders(self, rev: str, folder: str) -> dict[str, str]:
        """Return the folders directly in a folder of a commit, as name -> id of its tree."""
        output = self.run("ls_tree", "-z", "-d", "--full-tree", rev, f"{folder}/")
        entries = (read_tree_entry(record) for record in text(output).split("\0") if record)
        return {entry.path.rpartition("/")[2]: entry.blob for entry in entries}

    def sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the size in bytes of each of these blobs, without reading them."""
        with asked_for(ids) as asked:
            asked.seek(0)
            output = self.run("cat_file", "--batch-check", "--buffer", istream=asked)
        records = (line.decode().split() for line in output.splitlines())
        return {record[0]: int(record[2]) for record in records if len(record) > 2}

    @property
    def folder(self) -> Path:
        """The folder that git itself writes to (`.git`), of a worktree the main one's."""
        return Path(self.repo.common_dir)

    def run(self, command: str, *arguments: str, **options: Any) -> bytes:
        """Return what a git command writes, byte for byte; RepositoryError if it fails."""
        from git.exc import GitCommandError

        # GitPython would decode and strip the output, and with it the NULs that end each record.
        try:
            output = getattr(self.repo.git, command)(
                *arguments, stdout_as_string=False, strip_newline_in_stdout=False, **options
            )
        except GitCommandError as error:
            raise failure(command.replace("_", "-"), error) from error
        return bytes(output)
