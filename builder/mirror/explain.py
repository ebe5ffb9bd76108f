"""Which line of the policy decides about a server: one that is here, in a dump, or upstream."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.check import known_advisories
from builder.git.repository import Repository
from builder.mirror import intake, removals, selection, standing
from builder.mirror.items import UpstreamItem, read
from builder.mirror.run import choose
from builder.mirror.sources import SourceFolders, whole_items
from builder.mirror.static_registry import SourceTrust
from builder.mirror.walk import connect
from builder.model import config, sidecars, timestamp
from builder.model.config import Config
from builder.model.errors import RegistryError
from builder.model.layout import (
    BLOCKS,
    CONFIG,
    SERVERS,
    STATUS_FILE,
    Kind,
    entry_path,
    namespace_path,
    place,
    server_path,
)
from builder.model.policy_settings import Policy
from builder.model.sidecars import SidecarError
from builder.model.upstream_settings import UpstreamSource
from builder.policy import lines
from builder.policy.advisories import Advisories
from builder.policy.entry import PolicyEntry
from builder.policy.explain import Explainer, Explanation, of_registry


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainQuestion:
    """Which server is asked about, all its versions or one, and where it is looked for.

    In the `upstream` of this name or address, of which a `dump` may be given instead, or without
    either in servers/ of the working tree.
    """

    name: str
    version: str = ""
    dump: Path | None = None
    upstream: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    """A registry's settings and blocks, as parsed and as bytes."""

    config: Config | None
    data: bytes
    blocks: bytes

    @property
    def policy(self) -> Policy:
        return self.config.policy if self.config else Policy()

    def explainer(self, source: str) -> Explainer:
        """Return what explains servers from an upstream of this address, or from here."""
        listed = self.config.upstreams if self.config else ()
        own = (
            line
            for number, upstream in enumerate(listed)
            if upstream.url == source
            for line in lines.of_rules(upstream.rules, ("upstreams", number, "rules"))
        )
        return of_registry(self.policy, self.data, self.blocks, own)


def explanations(repository: Repository, question: ExplainQuestion) -> Iterator[Explanation]:
    """Yield the decision about each version asked about, in byte order of the versions.

    RegistryError if there is no such server or version, ConfigError if the settings are wrong,
    RemoteError if the upstream registry does not answer.
    """
    data = _read(repository.root / CONFIG)
    parsed = config.parse(data) if data else None
    settings = _Settings(config=parsed, data=data, blocks=_read(repository.root / BLOCKS))
    if question.dump or question.upstream:
        yield from _outside(repository, question, settings)
    else:
        yield from _here(repository, question, settings)


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _outside(
    repository: Repository, question: ExplainQuestion, settings: _Settings
) -> Iterator[Explanation]:
    upstreams, numbers = choose(settings.config, question.upstream, question.dump)
    source = upstreams[numbers[0]]
    items = _asked(_items(repository, question, source, settings.policy), question)
    if not items:
        raise _none(question, source.file or source.url)
    stands = standing.read_upstream(repository.root, question.name)
    previous = standing.newest(repository.root, question.name, stands) if stands else None
    now = time.time_ns()
    taken = intake.of_policy(settings.policy, now, removed=removals.of_repository(repository))
    own = intake.of_upstream(taken, settings.policy, upstreams, numbers[0])
    known = known_advisories.load(repository)
    for item in items:
        yield settings.explainer(source.url).explain(
            selection.entry(
                item.name, item.version, item.server, item.official, now, previous, known
            ),
            where=source.file or source.url,
            mirrored=True,
            entering=True,
            decided=own.operators(item),
        )


def _items(
    repository: Repository, question: ExplainQuestion, source: UpstreamSource, policy: Policy
) -> list[UpstreamItem]:
    limits = policy.mirror.limits
    if source.kind == "registry":
        with connect(source.url, limits) as upstream:
            return [read(item) for item in upstream.versions(question.name)]
    scratch = repository.folder / "mcp-registry"
    folders = SourceFolders(root=repository.root, scratch=scratch)
    with whole_items(source, folders, limits, SourceTrust(say=_say_nothing)) as items:
        return [read(item) for item in items]


def _say_nothing(_text: str) -> None:
    """What is said of trust is for a run that takes something in."""


def _asked(items: list[UpstreamItem], question: ExplainQuestion) -> list[UpstreamItem]:
    asked = [
        item
        for item in items
        if item.name == question.name and question.version in ("", item.version)
    ]
    return sorted(asked, key=lambda item: item.version)


def _here(
    repository: Repository,
    question: ExplainQuestion,
    settings: _Settings,
) -> Iterator[Explanation]:
    folder = repository.root / SERVERS / question.name
    files = sorted(folder.glob("*.json")) if place(entry_path(question.name, "1")).server else []
    places = [place(f"{SERVERS}/{question.name}/{file.name}") for file in files]
    versions = [
        where.version
        for where in places
        if where.kind is Kind.ENTRY and question.version in ("", where.version)
    ]
    if not versions:
        raise _none(question, f"{SERVERS}/ of {repository.root}")
    upstream = standing.read_upstream(repository.root, question.name)
    blocks = upstream.versions if upstream else {}
    known = known_advisories.load(repository)
    taken = intake.of_policy(settings.policy, _head_time(repository))
    for version in versions:
        about = _entry(repository, question.name, version, blocks.get(version), known)
        explainer = settings.explainer(upstream.source if upstream else "")
        mirrored = version in blocks
        decided = taken.left_out(about.document) if mirrored else ""
        where = f"here, from {upstream.source}" if upstream and version in blocks else "here"
        yield explainer.explain(
            about, where=where, mirrored=mirrored, entering=False, decided=decided
        )


def _entry(
    repository: Repository,
    name: str,
    version: str,
    block: Mapping[str, Any] | None,
    known: Advisories,
) -> PolicyEntry:
    root, path = repository.root, entry_path(name, version)
    published = selection.published(block) if block is not None else _committed(repository, path)
    return PolicyEntry(
        name=name,
        version=version,
        load=lambda: standing.read_object(root / path),
        status=_status(root, name, version, block or {}),
        published=published,
        now=_head_time(repository),
        accounts=_accounts(root, name.partition("/")[0]),
        known=known,
    )


def _status(root: Path, name: str, version: str, block: Mapping[str, Any]) -> str:
    try:
        ours = sidecars.read_status((root / server_path(name, STATUS_FILE)).read_bytes()).of(
            version
        )
    except (OSError, SidecarError):
        ours = None
    return str(ours.status) if ours else selection.status_of(block)


def _accounts(root: Path, namespace: str) -> frozenset[str]:
    try:
        return sidecars.read_namespace((root / namespace_path(namespace)).read_bytes()).publishers
    except (OSError, SidecarError):
        return frozenset()


def _committed(repository: Repository, path: str) -> int | None:
    """Return when a file came to the main line, in nanoseconds since 1970; None if it is not committed."""
    if not repository.has_commits():
        return None
    arguments = ("--first-parent", "-m", "--diff-filter=A", "--format=%ct", "HEAD", "--", path)
    times = repository.run("log", *arguments).split()
    return int(times[0]) * timestamp.SECOND if times else None


def _head_time(repository: Repository) -> int:
    if not repository.has_commits():
        return 0
    return int(repository.run("log", "-1", "--format=%ct", "HEAD")) * timestamp.SECOND


def _none(question: ExplainQuestion, where: str) -> RegistryError:
    version = f" {question.version}" if question.version else ""
    return RegistryError(
        f"there is no {question.name}{version} in {where}",
        help="name a server, such as com.example/weather or com.example/weather@1.0.0; "
        "--dump and --upstream look elsewhere",
    )
