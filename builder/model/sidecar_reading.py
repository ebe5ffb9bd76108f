"""A sidecar read into its model: every wrong value with its line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from builder.model import server_json, strict_yaml
from builder.model.blocks import MAX_BYTES as MAX_BLOCKS
from builder.model.validation_words import describe

Model = TypeVar("Model", bound=BaseModel)
_TOLD = 20
"""Wrong values of one file that are told."""


class SidecarError(ValueError):
    """A sidecar is wrong. `path` leads to the value, `line` and `column` count from 1.

    `further` are the other values of the file that are wrong too.
    """

    def __init__(
        self,
        message: str,
        path: strict_yaml.Path = (),
        line: int | None = None,
        column: int | None = None,
        further: tuple[SidecarError, ...] = (),
    ) -> None:
        super().__init__(message)
        self.path = path
        self.line = line
        self.column = column
        self.further = further


def read(model: type[Model], data: bytes, parse: Callable[[bytes], Any]) -> Model:
    """Read a sidecar into its model by a parser; SidecarError tells what is wrong."""
    try:
        return model.model_validate(parse(data))
    except strict_yaml.YamlError as error:
        raise SidecarError(str(error), (), error.line, error.column) from error
    except server_json.DocumentError as error:
        raise SidecarError(str(error)) from error
    except ValidationError as error:
        first, *further = _wrong_values(model, data, error)
        first.further = tuple(further)
        raise first from error


def _wrong_values(
    model: type[BaseModel], data: bytes, error: ValidationError
) -> Iterator[SidecarError]:
    locate = strict_yaml.locator(data, MAX_BLOCKS)
    for violation in error.errors()[:_TOLD]:
        path = tuple(violation["loc"])
        line, column = locate(path) or (None, None)
        where, message = ".".join(map(str, path)), describe(violation, model)
        yield SidecarError(f"{where}: {message}" if where else message, path, line, column)
