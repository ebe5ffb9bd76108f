"""The loader: what a question is about, read from the repository."""

from __future__ import annotations

from dataclasses import dataclass

from builder.check import proposal, scope
from builder.check.scope import Scope
from builder.gate.question import Question
from builder.git import change as changes
from builder.git.change import Change
from builder.git.repository import Repository
from builder.model import builder_pin, config
from builder.model.config import Config
from builder.model.errors import ConfigError
from builder.model.layout import CONFIG
from builder.model.policy_settings import Policy
from builder.model.wording import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What is checked, and `what` it is in words. A whole registry is read part by part later: no `scope`.

    `settings` are the registry's, those of the base for a change; None if there are none. `data`
    is their file, where that is asked about too.
    """

    settings: Config | None
    what: str = ""
    scope: Scope | None = None
    data: bytes = b""
    change: Change | None = None

    @property
    def base_url(self) -> str:
        """Where the registry's site is, "" if that is not known."""
        return self.settings.base_url if self.settings else ""

    @property
    def policy(self) -> Policy:
        """What the registry lets in."""
        return self.settings.policy if self.settings else Policy()


def load(repository: Repository, question: Question) -> Loaded:
    """Read what a question is about; its revisions are commits.

    RegistryError if a path is not in the repository, ConfigError if the settings are asked about,
    as those of a whole registry are, and wrong.
    """
    if question.base:
        return _of_change(repository, question)
    paths = question.files(repository)
    asks_settings = not paths or CONFIG in paths
    settings = _settings(repository, asks_settings)
    data = (_settings_file(repository, "") or b"") if asks_settings else b""
    if question.paths:
        checked = scope.of_paths(repository, (path for path in paths if path != CONFIG))
        what = _named(len(paths), settings)
        return Loaded(settings=settings, what=what, scope=checked, data=data)
    if not question.online:
        return Loaded(settings=settings, data=data)
    # Whoever asks package registries needs the entries, and too many to keep are too many to ask about.
    checked = scope.of_repository(repository)
    what = counted(len(checked.tree.files), "file")
    return Loaded(settings=settings, what=what, scope=checked, data=data)


def _named(files: int, settings: Config | None) -> str:
    registry = f" and those of {settings.title}" if settings else ""
    return f"{counted(files, 'file')}, by the official rules{registry}"


def _of_change(repository: Repository, question: Question) -> Loaded:
    change = changes.between(repository, question.base, question.head, question.bounds)
    checked = proposal.of_change(repository, change)
    proposed = checked.proposal.settings if checked.proposal else None
    touched = counted(len(change.touches), "file")
    return Loaded(
        settings=_settings(repository, False, change.base, proposed.after if proposed else None),
        what=f"{touched} from {change.base[:12]} to {change.head[:12]}",
        scope=checked,
        change=change,
    )


def _settings(
    repository: Repository, required: bool, base: str = "", proposed: bytes | None = None
) -> Config | None:
    data = _settings_file(repository, base)
    if data is None:
        return None
    try:
        settings = config.parse(data)
    except ConfigError:
        if required:
            raise
        return None
    if not _is_upgrade(proposed):
        builder_pin.require(settings.builder, data)
    return settings


def _is_upgrade(proposed: bytes | None) -> bool:
    """Return whether a change itself names this builder's version: its author has the new one."""
    try:
        return proposed is not None and builder_pin.admits(config.parse(proposed).builder)
    except ConfigError:
        return False


def _settings_file(repository: Repository, base: str) -> bytes | None:
    if base or repository.bare:
        return repository.blob(base or repository.commit("HEAD"), CONFIG)
    path = repository.root / CONFIG
    return path.read_bytes() if path.is_file() else None
