"""registry.yaml of a commit."""

from __future__ import annotations

from builder.git.repository import Repository
from builder.model.config import Config, parse
from builder.model.errors import ConfigError
from builder.model.layout import CONFIG


def load_config(repository: Repository, rev: str) -> Config:
    """Read registry.yaml of a revision; ConfigError if it is missing or wrong."""
    data = repository.blob(rev, CONFIG)
    if data is None:
        raise ConfigError(
            f"{CONFIG} is not in commit {rev[:12]}",
            help="make a registry with: mcp-registry init DIR   (or commit the file)",
        )
    return parse(data)
