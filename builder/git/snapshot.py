"""The working tree as a commit, in a repository of its own beside the real one: nothing of it stays.

What was read of history on the way is kept in the real one, so that it is not read each time.

What a pull request would bring is judged by two commits. On a laptop the second is not made yet.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from builder.git import index_file
from builder.git.discovery import discover
from builder.git.repository import Repository


@contextmanager
def of_working_tree(
    repository: Repository, paths: Sequence[str] = ()
) -> Iterator[tuple[Repository, str]]:
    """Yield a repository that sees the real one's objects, and in it a commit of the working tree.

    The commit follows HEAD and has all files of the working tree that git does not ignore, or of
    its changes only those of `paths` (relative to the root). Both are gone at the end.
    """
    with tempfile.TemporaryDirectory(prefix="mcp-registry-") as name:
        folder = Path(name)
        git = repository.repo.git
        git.init("--quiet", "--bare", "--template=", name)
        real = (repository.folder.resolve() / "objects").as_posix()
        (folder / "objects/info").mkdir(exist_ok=True)
        (folder / "objects/info/alternates").write_text(f"{real}\n")
        index_file.share(repository, folder)
        environment = {
            "GIT_INDEX_FILE": f"{folder}/index",
            "GIT_OBJECT_DIRECTORY": f"{folder}/objects",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": real,
            **{f"GIT_{role}_NAME": "check" for role in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{role}_EMAIL": "check@localhost" for role in ("AUTHOR", "COMMITTER")},
        }
        with git.custom_environment(**environment):
            git.read_tree("HEAD")
            git.add("--all", "--", *(paths or ["."]))
            commit = git.commit_tree(git.write_tree(), "-p", "HEAD", "-m", "Working tree")
        yield discover(folder), str(commit)
