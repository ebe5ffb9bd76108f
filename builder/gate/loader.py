"""The loader: what a question is about, read from the repository."""

from __future__ import annotations

from dataclasses import dataclass

from builder.check import proposal, scope
from builder.check.scope import Scope
from builder.gate.question import Question
from builder.git import change as changes
from builder.git.change import Change
from builder.git.repository import Repository
from builder.model import config
from builder.model.errors import ConfigError
from builder.model.layout import CONFIG
from builder.model.wording import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What is checked, and `what` it is in words. A whole registry is read part by part later: no `scope`.

    `base_url` is where the registry's site is, "" if that is not known.
    """

    base_url: str
    what: str = ""
    scope: Scope | None = None
    change: Change | None = None


def load(repository: Repository, question: Question) -> Loaded:
    """Read what a question is about; its revisions are commits.

    RegistryError if a path is not in the repository, ConfigError if a whole registry is asked
    about and its settings are wrong.
    """
    base_url = _base_url(repository, question)
    if question.base:
        change = changes.between(repository, question.base, question.head, question.bounds)
        touched = counted(len(change.touches), "file")
        return Loaded(
            base_url=base_url,
            what=f"{touched} from {change.base[:12]} to {change.head[:12]}",
            scope=proposal.of_change(repository, change),
            change=change,
        )
    if question.paths:
        paths = question.files(repository)
        checked = scope.of_paths(repository, paths)
        return Loaded(base_url=base_url, what=counted(len(paths), "file"), scope=checked)
    if not question.online:
        return Loaded(base_url=base_url)
    # Whoever asks package registries needs the entries, and too many to keep are too many to ask about.
    checked = scope.of_repository(repository)
    what = counted(len(checked.tree.files), "file")
    return Loaded(base_url=base_url, what=what, scope=checked)


def _base_url(repository: Repository, question: Question) -> str:
    data = _settings(repository, question.base)
    try:
        return config.parse(data).base_url if data is not None else ""
    except ConfigError:
        if question.base or question.paths:
            return ""
        raise


def _settings(repository: Repository, base: str) -> bytes | None:
    if base or repository.bare:
        return repository.blob(base or repository.commit("HEAD"), CONFIG)
    path = repository.root / CONFIG
    return path.read_bytes() if path.is_file() else None
