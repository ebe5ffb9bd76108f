"""YAML as configuration: strict, small, and every scalar a string until a model types it.

PyYAML's C loader reads it. Anchors and aliases (a few lines of them expand to gigabytes), tags and
keys given twice are refused. Scalars stay strings, so that a version `1.0` is not read as the
number 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import yaml

from builder.model.server_json import too_large

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
Path = Sequence[str | int]


class YamlError(ValueError):
    """The text is not acceptable YAML. `line` and `column` count from 1 where known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def parse(data: bytes, max_bytes: int = MAX_BYTES) -> Any:
    """Return a YAML document as dicts, lists and strings; YamlError tells what is wrong."""
    if len(data) > max_bytes:
        raise YamlError(too_large(len(data), max_bytes))
    try:
        text = data.decode("utf-8")
        _refuse_expansion(text)
        node = yaml.compose(text, Loader=_Loader)
        return _value(node) if node is not None else {}
    except UnicodeDecodeError as error:
        raise YamlError(f"byte {error.start} is not UTF-8") from error
    except RecursionError as error:
        raise YamlError("the document is nested too deeply") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise YamlError(f"not YAML: {error.problem or error.context}", line, column) from error
    except yaml.YAMLError as error:
        raise YamlError(f"not YAML: {' '.join(str(error).split())}") from error


def locate(data: bytes, path: Path) -> tuple[int, int] | None:
    """Return line and column (from 1) of the value at `path` in a YAML or JSON text.

    If there is no such value (a missing key), return the position of its nearest parent; None if
    the text cannot be read.
    """
    return locator(data)(path)


def locator(data: bytes, max_bytes: int = MAX_BYTES) -> Callable[[Path], tuple[int, int] | None]:
    """Return `locate` as a function of the path, for a text that is read once."""
    root = _compose(data, max_bytes)
    # A hostile document has thousands of keys and a finding for each.
    known: dict[int, dict[str | int, yaml.Node]] = {}

    def find(path: Path) -> tuple[int, int] | None:
        node = root
        for step in path:
            if id(node) not in known:
                known[id(node)] = dict(_children(node))
            child = known[id(node)].get(step)
            if child is None:
                break
            node = child
        return (node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else None

    return find


# What JSON may hold and PyYAML refuses. One character takes the place of one, so that columns stay.
_REFUSED = re.compile(
    r"\\u[0-9A-Fa-f]{4}|[^\t\n\r -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


# YAML 1.1 ends a line at these; JSON and editors do not.
_NO_LINE_ENDS = {0x0D: " ", 0x85: "?", 0x2028: "?", 0x2029: "?"}


def _compose(data: bytes, max_bytes: int) -> yaml.Node | None:
    if len(data) > max_bytes:
        return None
    text = data.decode("utf-8", "replace").translate(_NO_LINE_ENDS)
    for attempt in (text, _REFUSED.sub(lambda match: "?" * len(match[0]), text)):
        try:
            # The C loader recurses without a guard: 200,000 levels end the process.
            for _ in _shallow(attempt):
                pass
            node: yaml.Node | None = yaml.compose(attempt, Loader=_Loader)
            return node
        except (yaml.YAMLError, YamlError):
            continue
    return None


def _refuse_expansion(text: str) -> None:
    for event in _shallow(text):
        if getattr(event, "anchor", None):
            raise _at(event, "anchors and aliases are not allowed")
        if tag := getattr(event, "tag", None):
            raise _at(event, f"tags are not allowed: {tag}")


def _shallow(text: str) -> Iterator[yaml.Event]:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        yield event
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(
            event, yaml.CollectionEndEvent
        )
        if depth > MAX_DEPTH:
            raise _at(event, f"the document is nested more than {MAX_DEPTH} levels deep")


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _at(key, "a key must be a plain string")
            if key.value in values:
                raise _at(key, f"the key {key.value!r} is given twice")
            values[key.value] = _value(value)
        return values
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    return node.value


def _children(node: yaml.Node | None) -> Iterator[tuple[str | int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from (
            (key.value, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)
        )
    elif isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)


def _at(part: Any, message: str) -> YamlError:
    return YamlError(message, part.start_mark.line + 1, part.start_mark.column + 1)
