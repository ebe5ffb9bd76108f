"""Texts with inputs of the user in them: `Bearer {token}`, which each client writes its own way."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Something the user gives. `id` is made of `A-Za-z0-9_.-` only.

    `own`: the name says nothing of whose it is, so that prompts and variables add the server's.
    `required`: nothing works without it, unless there is a default.
    """

    id: str
    own: bool = True
    secret: bool = False
    required: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()
    description: str = ""
    placeholder: str = ""


Value = tuple[str | Input, ...]
Known = Mapping[str, Input]


def render(value: Value, write: Callable[[Input], str]) -> str:
    """Write a value as text; `write` says how an input looks."""
    if len(value) == 1 and isinstance(value[0], str):
        return value[0]
    return "".join([part if isinstance(part, str) else write(part) for part in value])


def offers(value: Value) -> Iterator[str]:
    """Yield every text that the publisher gives: what is fixed, and what a user finds filled in or listed."""
    for part in value:
        yield from (part,) if isinstance(part, str) else (part.default, *part.choices)


def filled(value: Value) -> Iterator[str]:
    """Yield the whole texts that a user who types nothing gets: with what is filled in, or chosen."""
    parts = ((part,) if isinstance(part, str) else (part.default, *part.choices) for part in value)
    return map("".join, itertools.product(*parts))


def inputs_of(value: Value) -> Iterator[Input]:
    """Yield the inputs of a value, in order."""
    return (part for part in value if isinstance(part, Input))
