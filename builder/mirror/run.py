"""A mirror run: one upstream after the other, each under its own lines, the first of a name counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from builder.authoring import approvals_file, blocks_file
from builder.check import known_advisories
from builder.git.repository import Repository
from builder.mirror import intake, removals, standing
from builder.mirror.apply import apply
from builder.mirror.intake import Intake
from builder.mirror.report import MirrorReport
from builder.mirror.sources import SourceFolders, whole_items
from builder.mirror.spool import Spool
from builder.mirror.static_registry import SourceTrust
from builder.mirror.walk import UpstreamRegistry, connect
from builder.model.config import Config
from builder.model.errors import RegistryError
from builder.model.layout import entry_path
from builder.model.policy_settings import Policy
from builder.model.upstream_settings import OFFICIAL_UPSTREAM, UpstreamSource
from builder.model.validation_words import describe
from builder.policy.advisories import NO_ADVISORIES, Advisories
from builder.runtime.file_lock import locked
from builder.runtime.progress import Progress

Say = Callable[[str], None]


class MirrorBusy(RegistryError):
    """Another mirror run writes to this repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorTask:
    """What a run brings in: from which of the `upstreams` (by number), under which policy.

    `say` tells what is going on; `full` asks for everything, not only for what changed.
    `trust_root` is the root of trust of a registry made with this builder, `insecure` asks for
    none.
    """

    repository: Repository
    policy: Policy
    upstreams: Sequence[UpstreamSource]
    numbers: Sequence[int]
    full: bool
    say: Say
    trust_root: bytes | None = None
    insecure: bool = False

    @property
    def scratch(self) -> Path:
        """The folder for what no commit should hold."""
        return self.repository.folder / "mcp-registry"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only run that writes to the repository, or raise MirrorBusy."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        busy = MirrorBusy("another mirror run is writing to this repository", help="wait for it")
        with locked(self.scratch / "mirror.lock", busy):
            yield


def choose(
    settings: Config | None, named: str, dump: Path | None
) -> tuple[Sequence[UpstreamSource], Sequence[int]]:
    """Return the upstreams, and the numbers of those that a run is about.

    `named` is the name or the address of one, "" for all. An address that the settings do not
    have is an upstream of its own, behind all others. A `dump` stands for the registry named.
    RegistryError if there is no such upstream.
    """
    listed = tuple(settings.upstreams) if settings else ()
    if not named and not dump:
        upstreams = listed or (OFFICIAL_UPSTREAM,)
        return upstreams, range(len(upstreams))
    wanted = named.rstrip("/") or OFFICIAL_UPSTREAM.url
    for number, upstream in enumerate(listed):
        if wanted in (upstream.name, upstream.url):
            return _with_dump(listed, number, dump), (number,)
    if not wanted.startswith(("http://", "https://")):
        names = ", ".join(upstream.name for upstream in listed)
        raise RegistryError(
            f"{wanted} is neither a web address nor an upstream of registry.yaml",
            help=f"it has {names}" if names else "it starts with https:// or http://",
        )
    try:
        source = UpstreamSource(name="named", url=wanted)
    except ValidationError as error:
        raise RegistryError(describe(error.errors()[0], UpstreamSource)) from error
    return _with_dump((*listed, source), len(listed), dump), (len(listed),)


def _with_dump(
    upstreams: tuple[UpstreamSource, ...], number: int, dump: Path | None
) -> tuple[UpstreamSource, ...]:
    if dump is None:
        return upstreams
    read = upstreams[number].model_copy(update={"kind": "dump", "file": str(dump.resolve())})
    return (*upstreams[:number], read, *upstreams[number + 1 :])


def run(task: MirrorTask) -> Iterable[tuple[UpstreamSource, MirrorReport]]:
    """Bring in each upstream in turn, and yield what it did.

    RegistryError if a file here is wrong, RemoteError if an upstream does not answer: those
    before it are in servers/ then.
    """
    _, blocks = blocks_file.read(task.repository.root)
    removed = removals.of_repository(task.repository)
    taken = intake.of_policy(
        task.policy,
        time.time_ns(),
        removed=removed,
        blocks=blocks,
        approvals=approvals_file.read(task.repository.root),
    )
    for number in task.numbers:
        own = intake.of_upstream(taken, task.policy, task.upstreams, number)
        if own.lines.needs_advisories:
            own = replace(own, known=_known(task))
        source = task.upstreams[number]
        if source.kind == "registry":
            yield source, _walked(task, source, own)
        else:
            folders = SourceFolders(root=task.repository.root, scratch=task.scratch)
            trust = SourceTrust(
                root=task.trust_root, insecure=task.insecure, keep=True, say=task.say
            )
            with whole_items(source, folders, task.policy.mirror.limits, trust) as items:
                yield source, _apply(task, source, own, items, complete=True)


def _known(task: MirrorTask) -> Advisories:
    known = known_advisories.load(task.repository)
    if known is NO_ADVISORIES:
        task.say("a line asks for advisories, and none were read here: mcp-registry advisories")
    return known


def _walked(task: MirrorTask, source: UpstreamSource, taken: Intake) -> MirrorReport:
    """Walk a registry, or what changed in it, and apply what comes."""
    root = task.repository.root
    with connect(source.url, task.policy.mirror.limits) as upstream:
        now = upstream.now()
        window = taken.lines.longest_age
        since = None if task.full else standing.resume(root, source.url, now, window)
        spool = Spool.open(task.scratch, source.url, since)
        if spool.pages:
            task.say(f"going on after {spool.pages:,} pages of the last run")
        elif since:
            task.say(f"asking for what changed since {since}; --full asks for everything")
        with Progress(show=True).stage("servers") as advance:
            now = upstream.walk(spool, now, advance)
        waiting = [] if spool.full else _approved(task, taken, upstream)
    items = chain(spool.servers(), waiting)
    report = _apply(task, source, taken, items, complete=spool.full)
    report.implausible = standing.implausible(root, source.url, now)
    spool.discard()
    return report


def _approved(task: MirrorTask, taken: Intake, upstream: UpstreamRegistry) -> list[Any]:
    """Ask for the servers with an approved version that is not here yet: they may not have changed since."""
    missing = {
        approval.name
        for approval in taken.approvals.root
        if approval.name in taken.approvals.servers
        and not (task.repository.root / entry_path(approval.name, approval.version)).exists()
    }
    return [item for name in sorted(missing) for item in upstream.versions(name)]


def _apply(
    task: MirrorTask,
    source: UpstreamSource,
    taken: Intake,
    items: Iterable[Any],
    *,
    complete: bool,
) -> MirrorReport:
    task.scratch.mkdir(parents=True, exist_ok=True)
    return apply(
        task.repository.root,
        source.url,
        items,
        replace(taken, now=time.time_ns()),
        complete=complete,
        scratch=task.scratch,
    )
