"""A YAML file of the operator's, read into its model: every wrong value with its line and column."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from builder.model import strict_yaml
from builder.model.errors import ConfigError, SettingsProblem
from builder.model.validation_words import describe

Model = TypeVar("Model", bound=BaseModel)
_Steps = tuple[int | str, ...]


def read(
    model: type[Model], data: bytes, path: str, max_bytes: int = strict_yaml.MAX_BYTES
) -> Model:
    """Read the file of a path into its model; ConfigError names every wrong value."""
    try:
        content = strict_yaml.parse(data, max_bytes)
    except strict_yaml.YamlError as error:
        place = f":{error.line}" if error.line else ""
        problem = SettingsProblem(str(error), error.line, error.column)
        raise ConfigError(f"{path}{place}: {error}", problems=[problem]) from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        locate = strict_yaml.locator(data, max_bytes)
        problems = [
            SettingsProblem(
                f"{'.'.join(map(str, at))}: {message}" if at else message, *locate(at) or (1, 1)
            )
            for at, message in _messages(model, error, content).items()
        ]
        lines = (f"{path}:{problem.line}: {problem.message}" for problem in problems)
        raise ConfigError("\n  ".join([f"{path} is wrong:", *lines]), problems=problems) from error


def _messages(model: type[BaseModel], error: ValidationError, content: Any) -> dict[_Steps, str]:
    """Return what is wrong by the steps to it, a sentence for each value."""
    errors = error.errors()
    messages: dict[_Steps, str] = {}
    for violation in errors:
        if violation["type"] == "too_short" and any(
            _is_within(other, violation) for other in errors
        ):
            continue  # what is wrong in the list is told, and was not counted for that
        at, message = _steps(violation, content), describe(violation, model)
        messages[at] = _either(messages[at], message) if at in messages else message
    return messages


def _steps(violation: ErrorDetails, content: Any) -> _Steps:
    """Return the steps to a value; where it may be of several types, pydantic adds the type's name."""
    steps = violation["loc"]
    if violation["type"] == "missing":
        return steps
    for depth, step in enumerate(steps):
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            return steps[:depth]
    return steps


def _either(first: str, second: str) -> str:
    """Join two messages on one value: `1 is not a text` and `1 is not a list` as `1 is not a text or a list`."""
    subject, is_not, kind = second.partition(" is not ")
    return f"{first} or {kind}" if is_not and first.startswith(subject + is_not) else first


def _is_within(inner: ErrorDetails, outer: ErrorDetails) -> bool:
    length = len(outer["loc"])
    return len(inner["loc"]) > length and inner["loc"][:length] == outer["loc"]
