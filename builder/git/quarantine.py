"""A stranger's commits, fetched where nothing stays: a temporary repository with bounds of the kernel.

Only what kept within the bounds is taken from there into the real repository. What a pack unfolds
into is not known before it is read, so git itself is held: to a size of files, to memory, and to
time of the processor.
"""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from builder.git import transfer
from builder.git.bounds import MIB, ChangeBounds, Excess, require
from builder.git.discovery import discover
from builder.git.repository import Repository
from builder.model.errors import RepositoryError

_REF = "refs/mcp-registry/fetched"
_MEMORY = 2048 * MIB
"""Address space of git: most of it are maps of the repository's own packs."""
_SMALL = "1m"
"""Blobs above this size are passed through in pieces, never held in memory."""
_PATIENCE = 120
"""Seconds that a fetch may take, waiting for the other side included."""


def fetch(
    repository: Repository,
    remote: str,
    ref: str,
    target: str,
    bounds: ChangeBounds,
    *,
    token: str = "",
) -> None:
    """Fetch a ref of a remote (name or address) as `target`, if it keeps within the bounds.

    Raises Excess if it does not: then nothing of it is in the repository. RepositoryError if
    there is no such ref or an object is malformed.
    """
    with _temporary(repository) as (folder, environment):
        address = transfer.address(repository, remote)
        _run(folder, {**environment, **transfer.credentials(token)}, bounds, address, ref)
        fetched = discover(folder)
        counts = dict(
            line.split(": ") for line in str(fetched.repo.git.count_objects("-v")).splitlines()
        )
        objects = int(counts["count"]) + int(counts["in-pack"])
        require(objects, bounds.objects, "objects in its commits")
        transfer.fetch(repository, str(folder), f"+{_REF}:{target}")


@contextmanager
def _temporary(repository: Repository) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Make an empty repository that sees the objects of a real one and writes beside them."""
    with tempfile.TemporaryDirectory(prefix="mcp-registry-") as name:
        folder = Path(name)
        repository.repo.git.init("--quiet", "--bare", "--template=", name)
        objects = folder / "objects" / "info"
        objects.mkdir(exist_ok=True)
        (objects / "alternates").write_text(f"{repository.folder.resolve() / 'objects'}\n")
        yield folder, {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def _run(
    folder: Path, environment: Mapping[str, str], bounds: ChangeBounds, address: str, ref: str
) -> None:
    # The index of a pack, and a thread for each core, would only add to what has to be bounded.
    settings = (
        "transfer.unpackLimit=1",
        f"core.bigFileThreshold={_SMALL}",
        "pack.threads=1",
        "fetch.fsckObjects=true",
        "gc.auto=0",
    )
    options = [part for setting in settings for part in ("-c", setting)]
    command = ["git", *options, "fetch", *transfer.FETCH, "--", address, f"+{ref}:{_REF}"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            check=False,
            timeout=_PATIENCE + bounds.seconds,
            preexec_fn=lambda: _hold(bounds),
        )
    except subprocess.TimeoutExpired as error:
        raise Excess(f"fetching it takes more than {error.timeout:.0f} s") from error
    if done.returncode:
        raise _refused(folder, bounds, done.stderr.decode("utf-8", "replace"))


def _refused(folder: Path, bounds: ChangeBounds, printed: str) -> Exception:
    """Return why a fetch ended: a part of git that the kernel ended says nothing itself."""
    largest = max(file.stat().st_size for file in folder.rglob("*"))
    if largest >= bounds.pack:
        return Excess(f"its objects have more than {bounds.pack // MIB} MiB, and no more are read")
    lines = printed.strip().splitlines() or ["no reason is given"]
    if "fsck error" in printed:  # an object is malformed: the first line names it
        return RepositoryError(f"git fetch: {lines[0]}")
    if any(sign in printed for sign in _ENDED):
        return Excess(
            f"git needs more than {bounds.seconds} s or {_MEMORY // MIB:,} MiB of memory to check "
            f"its objects: {lines[-1]}"
        )
    return RepositoryError(f"git fetch: {lines[-1]}")


_ENDED = ("invalid index-pack output", "died of signal", "ut of memory", "unable to create thread")


def _hold(bounds: ChangeBounds) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (bounds.pack, bounds.pack))
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.seconds, bounds.seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
