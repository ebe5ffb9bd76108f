"""The option --commit of commands that edit the registry's files, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from pydantic import BaseModel

    from builder.git.repository import Repository

    _Model = TypeVar("_Model", bound=BaseModel)


def commit_option(help: str) -> Callable[[Any], Any]:
    """Return the option, as a command's `do_commit`."""
    return click.option("--commit", "do_commit", is_flag=True, help=help)


def commit(repository: Repository, message: str, *paths: str) -> None:
    """Commit what a command changed at these paths, and tell which commit that is."""
    from builder.git import working_tree

    made = working_tree.commit(repository, message, *paths)
    click.echo(f"committed {made[:12]}" if made else "nothing to commit")


def validated(model: type[_Model], values: dict[str, Any]) -> _Model:
    """Return the model of what the options say; click.UsageError in our words if they are wrong."""
    from pydantic import ValidationError

    from builder.model.validation_words import describe

    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise click.UsageError(describe(error.errors()[0], model)) from error
