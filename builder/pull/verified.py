"""A copy that is kept in step only with what the registry's root of trust vouches for."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from builder.model.errors import RemoteError
from builder.pull import seen_log, trust_metadata, trusted
from builder.pull.kept_log import FetchedLog, fetch, open_kept
from builder.pull.registry import Registry, Stale
from builder.pull.staging import Staging, staged
from builder.pull.state_check import CHECKPOINT, require_state
from builder.pull.store import ReadableStore
from builder.pull.sync import Summary, sync
from builder.pull.trust_metadata import TIMESTAMP, WorkingMetadata
from builder.pull.trusted import TrustedFiles
from builder.runtime import atomic
from builder.trust.checkpoint import TreeHead
from builder.trust.tiles import ProofError

HEAD = "head.json"
_SYNCED = "copied.timestamp"

Note = Callable[[str], None]
"""Tells the user something that is no error."""


class LogWanted(enum.Enum):
    """Whether to keep a registry's log with a copy of it."""

    NO = enum.auto()
    IF_SIGNED = enum.auto()
    YES = enum.auto()


def trust_folder(copy: Path) -> Path:
    """Return where the trust metadata of a copy is kept: beside it."""
    return copy.with_name(f"{copy.name}.trust")


def log_folder(folder: Path) -> Path:
    """Return where the registry's log is kept, if it is: in the folder of the trust metadata."""
    return folder / "log"


def sync_verified(
    registry: Registry,
    store: ReadableStore,
    folder: Path,
    root: bytes | None,
    note: Note,
    *,
    log: LogWanted = LogWanted.NO,
) -> Summary:
    """Bring a copy to its registry's head, as the trust metadata names it.

    `folder` keeps that metadata, and the registry's `log` if that is wanted. `root` is one that
    the user trusts; without it that in `folder` counts or, for a new copy, the one that the
    registry gives (trust on first use). A registry that never had trust metadata is copied by its
    hashes alone. Raises ProofError as trusted.refresh, and if the copy is not what the log states.
    """
    known = store.position
    if known.url == registry.url:
        registry.head_url = known.head
    held = trust_metadata.holds_root(folder)
    first = root
    if not held and root is None:
        first = None if known.sequence else _first_root(registry, note)
        if first is None:
            summary = _sync_by_hashes(registry, store, folder, log)
            if known.sequence and summary.after > summary.before:
                _tell_of_root(registry, note)
            return summary
    elif (
        held and root is None and known.url == registry.url and _is_unchanged(registry, folder, log)
    ):
        return Summary(known.sequence, known.sequence, from_snapshot=False)
    with TemporaryDirectory() as name:
        work = WorkingMetadata(folder=folder, path=Path(name), is_given=root is not None)
        return _sync_by_root(registry, store, work, first, note, log)


def _is_unchanged(registry: Registry, folder: Path, log: LogWanted) -> bool:
    """Return whether the copy is what an unchanged timestamp vouches for, and has the log that it should."""
    has_log = log is not LogWanted.YES or open_kept(log_folder(folder)) is not None
    if _synced_version(folder) != trust_metadata.version(folder / TIMESTAMP) or not has_log:
        return False
    registry.requests += 1
    return trusted.is_unchanged(registry.http, registry.trust_url(), folder)


def _synced_version(folder: Path) -> int:
    """Return the version of the timestamp that the copy was last brought up to, -1 if of none."""
    try:
        return int((folder / _SYNCED).read_text())
    except (FileNotFoundError, ValueError):
        return -1


def _sync_by_root(
    registry: Registry,
    store: ReadableStore,
    work: WorkingMetadata,
    root: bytes | None,
    note: Note,
    log: LogWanted,
) -> Summary:
    """Go on from a root that is new here, or from that in the folder (None)."""
    with store.lock:
        work.take()
    try:
        files = trusted.refresh(registry.http, registry.trust_url(), work.path, root)
    finally:
        # What was verified counts from now on, whatever becomes of the copy. A root that is new
        # here counts once the copy that it vouches for holds.
        if root is None:
            with store.lock:
                if not work.is_overtaken():
                    work.bring_back()
    summary = _sync_by_metadata(registry, store, work, files, log)
    note(f"verified by root {files.root_version} of the registry's trust")
    return summary


def _sync_by_hashes(
    registry: Registry, store: ReadableStore, folder: Path, log: LogWanted
) -> Summary:
    if log is LogWanted.NO:
        return sync(registry, store)
    fetched = None
    with ExitStack() as held:
        with staged(store) as staging:
            summary = sync(registry, staging)
            # Nobody is asked for a log of nothing new, unless there was one that cannot be hidden.
            if (
                summary.after != summary.before
                or log is LogWanted.YES
                or open_kept(log_folder(folder)) is not None
            ):
                fetched = _fetch_log(registry, folder, {}, log, summary.after)
            held.enter_context(store.lock)
            keeps_log = fetched is not None and not fetched.is_overtaken()
        if fetched is not None and keeps_log:
            fetched.keep()
    return summary


def _sync_by_metadata(
    registry: Registry,
    store: ReadableStore,
    work: WorkingMetadata,
    files: TrustedFiles,
    log: LogWanted,
) -> Summary:
    """Bring a copy to the head that trust metadata names, if the log that it names states the same.

    Everything that lasts is written at the end, under the lock: first the copy.
    """
    folder, sha256 = work.folder, files.sha256
    if HEAD not in sha256:
        raise ProofError("the registry's trust metadata does not name its head")
    registry.head_sha256 = sha256[HEAD]
    before = seen_log.read(folder)
    with ExitStack() as held:
        with staged(store) as staging:
            summary = sync(registry, staging)
            head = _require_log(registry, staging, sha256, before)
            fetched = _fetch_log(registry, folder, sha256, log, summary.after)
            held.enter_context(store.lock)
            keeps_metadata = not work.is_overtaken()
            keeps_head = head is not None and not seen_log.is_overtaken(folder, before, head)
            keeps_log = fetched is not None and not fetched.is_overtaken()
        if keeps_metadata:
            work.bring_back()
            atomic.write(folder / _SYNCED, str(files.timestamp_version).encode())
        if head is not None and keeps_head:
            seen_log.write(folder, head)
        if fetched is not None and keeps_log:
            fetched.keep()
    return summary


def _require_log(
    registry: Registry, staging: Staging, sha256: Mapping[str, str], before: TreeHead | None
) -> TreeHead | None:
    """Return the head of the log that states what is staged, None for a registry that never had one."""
    if CHECKPOINT in sha256:
        return require_state(registry, staging, sha256[CHECKPOINT], before)
    if before is not None:
        raise ProofError(
            "the registry's trust metadata names no log any more",
            help="nothing was stored; ask the operator of the registry",
        )
    return None


def _fetch_log(
    registry: Registry, folder: Path, sha256: Mapping[str, str], log: LogWanted, changes: int
) -> FetchedLog | None:
    if log is LogWanted.NO:
        return None
    # Who signed once, or whose trust metadata names a checkpoint, cannot hide it later.
    signed = CHECKPOINT in sha256 or open_kept(log_folder(folder)) is not None
    try:
        return fetch(registry, log_folder(folder), sha256, changes)
    except Stale:
        if signed or log is LogWanted.YES:
            raise
        return None


def _tell_of_root(registry: Registry, note: Note) -> None:
    """Tell the user if a copy that has no root of trust could have one: it was lost, or is new."""
    registry.requests += 1
    try:
        has_root = trusted.fetch_root(registry.http, registry.trust_url()) is not None
    except RemoteError:
        return  # the copy is what it was asked to be
    if has_root:
        note(
            "WARNING: not verified: the registry has a root of trust, and this copy holds none "
            "(--trust-root FILE, or begin a new copy with another --out)"
        )


def _first_root(registry: Registry, note: Note) -> bytes | None:
    try:
        url = registry.trust_url()
    except Stale:
        return None  # there is no registry: that is told where its head is missed
    registry.requests += 1
    root = trusted.fetch_root(registry.http, url)
    if root is not None:
        note(
            "trusting the root that the registry gives, as this is the first time (--trust-root FILE to give it)"
        )
    return root
