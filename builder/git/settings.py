"""registry.yaml of a commit."""

from __future__ import annotations

from builder.git.repository import Repository
from builder.model import builder_pin
from builder.model.config import Config, parse
from builder.model.errors import ConfigError
from builder.model.layout import CONFIG


def load_config(repository: Repository, rev: str) -> Config:
    """Read registry.yaml of a revision; ConfigError if it is missing or wrong."""
    return parse(_text(repository, rev))


def load_for_this_builder(repository: Repository, rev: str) -> Config:
    """Read registry.yaml of a revision; ConfigError also if it is for other versions of the builder."""
    text = _text(repository, rev)
    config = parse(text)
    builder_pin.require(config.builder, text)
    return config


def _text(repository: Repository, rev: str) -> bytes:
    rev = repository.commit(rev) if rev == "HEAD" else rev  # which tells why there is none
    data = repository.blob(rev, CONFIG)
    if data is None:
        raise ConfigError(
            f"{CONFIG} is not in commit {rev[:12]}",
            help="make a registry with: mcp-registry init DIR   (or commit the file)",
        )
    return data


def published_branch(repository: Repository) -> str:
    """Return the full name of the branch that the settings at HEAD name."""
    return f"refs/heads/{load_config(repository, repository.commit('HEAD')).branch}"
