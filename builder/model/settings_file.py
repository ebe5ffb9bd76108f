"""A YAML file of the operator's, read into its model: every wrong value with its line and column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from builder.model import strict_yaml
from builder.model.errors import ConfigError, SettingsProblem
from builder.model.validation_words import describe

Model = TypeVar("Model", bound=BaseModel)


def read(
    model: type[Model], data: bytes, path: str, max_bytes: int = strict_yaml.MAX_BYTES
) -> Model:
    """Read the file of a path into its model; ConfigError names every wrong value."""
    try:
        return model.model_validate(strict_yaml.parse(data, max_bytes))
    except strict_yaml.YamlError as error:
        place = f":{error.line}" if error.line else ""
        problem = SettingsProblem(str(error), error.line, error.column)
        raise ConfigError(f"{path}{place}: {error}", problems=[problem]) from error
    except ValidationError as error:
        problems = list(_problems(model, data, error, max_bytes))
        lines = (f"{path}:{one.line}: {one.message}" for one in problems)
        raise ConfigError("\n  ".join([f"{path} is wrong:", *lines]), problems=problems) from error


def _problems(
    model: type[BaseModel], data: bytes, error: ValidationError, max_bytes: int
) -> Iterator[SettingsProblem]:
    locate = strict_yaml.locator(data, max_bytes)
    errors = error.errors()
    for violation in errors:
        if violation["type"] == "too_short" and any(
            _is_within(other, violation) for other in errors
        ):
            continue  # what is wrong in the list is told, and was not counted for that
        line, column = locate(violation["loc"]) or (1, 1)
        key = ".".join(map(str, violation["loc"]))
        message = describe(violation, model)
        yield SettingsProblem(f"{key}: {message}" if key else message, line, column)


def _is_within(inner: ErrorDetails, outer: ErrorDetails) -> bool:
    length = len(outer["loc"])
    return len(inner["loc"]) > length and inner["loc"][:length] == outer["loc"]
