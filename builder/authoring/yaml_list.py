"""Files that are a list in YAML, changed as an editor would: what else stands in them stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel

from builder.model.errors import RegistryError
from builder.model.sidecars import SidecarError

Read = TypeVar("Read")


def read(path: Path, parse: Callable[[bytes], Read]) -> tuple[str, Read]:
    """Return a file's text and what it says, as `parse` reads it; a missing file is an empty one.

    RegistryError if it cannot be read.
    """
    data = path.read_bytes() if path.is_file() else b""
    value = parsed(data, path.name, parse)
    return data.decode(), value


def parsed(data: bytes, name: str, parse: Callable[[bytes], Read]) -> Read:
    """Return what the bytes of the file `name` say; RegistryError with the line if they are wrong."""
    try:
        return parse(data)
    except SidecarError as error:
        place = f":{error.line}" if error.line else ""
        raise RegistryError(f"{name}{place}: {error}", help="mend it by hand first") from error


def added(text: str, value: BaseModel, *, name: str, head: str) -> str:
    """Return the text of a list with one item more at its end; `head` begins one without a comment.

    RegistryError if the list is written in one line and has something in it.
    """
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    lines = text.splitlines(keepends=True)
    if isinstance(node, yaml.SequenceNode) and node.value:
        refuse_one_line(node, name)
        end, indent = node.end_mark, " " * node.start_mark.column
        place = end.line + (end.column > len(indent))
        lines[place - 1] = lines[place - 1].rstrip("\r\n") + "\n"
        return "".join([*lines[:place], *_lines(value, indent), *lines[place:]])
    if node is not None:
        del lines[node.start_mark.line]  # an empty list
    kept = "".join(lines)
    begun = f"{kept.rstrip()}\n" if kept.lstrip().startswith("#") else head
    return begun + "".join(_lines(value))


def refuse_one_line(node: yaml.SequenceNode, name: str) -> None:
    """Raise RegistryError if a list is written as `[...]`."""
    if node.flow_style:
        raise RegistryError(f"{name} is written in one line", help="write a line for each item")


def _lines(value: BaseModel, indent: str = "") -> list[str]:
    """Return the lines of one item; fields that have their default are left out."""
    values = value.model_dump(mode="json", exclude_defaults=True)
    fields = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return [f"{indent}{'  ' if number else '- '}{field}\n" for number, field in enumerate(fields)]
