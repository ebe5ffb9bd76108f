"""What can stop a command, and the exit code it stops with.

    click.ClickException
    └── RegistryError        2   the user can fix it: usage, configuration, repository
        ├── ConfigError      2   registry.yaml
        ├── RepositoryError  2   the git repository
        ├── RemoteError      2   a server on the network did not answer as it should
        └── FindingsError    1   entries are wrong; every finding has been reported already

A problem in a file that somebody submitted is a `Finding` (finding.py), never an exception.
What git or the file system refuses is shown as a RegistryError. Everything else is a bug: the
command line shows its traceback and exits with 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any, NamedTuple

import click

from builder.model.wording import visible_lines


class RegistryError(click.ClickException):
    """Something the user can fix, shown as one line and an optional line of help."""

    exit_code = 2

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error (and its help) to stderr, or to `file`: both may quote what others wrote."""
        click.secho(f"error: {visible_lines(self.message)}", fg="red", file=file, err=file is None)
        if self.help:
            click.echo(f"  help: {visible_lines(self.help)}", file=file, err=file is None)


class SettingsProblem(NamedTuple):
    """One wrong value in a file of settings; line and column count from 1, None if unknown."""

    message: str
    line: int | None
    column: int | None


class ConfigError(RegistryError):
    """registry.yaml, or another file of the operator's, is missing or wrong: `problems` says where."""

    def __init__(
        self, message: str, *, help: str | None = None, problems: Sequence[SettingsProblem] = ()
    ) -> None:
        super().__init__(message, help=help)
        self.problems = tuple(problems)


class RepositoryError(RegistryError):
    """The git repository is missing, shallow, empty, or has no such revision."""


class RemoteError(RegistryError):
    """Another server could not be reached or broke its protocol."""


class FindingsError(RegistryError):
    """Entries are wrong. The findings themselves have been reported before this is raised."""

    exit_code = 1
