"""One launch as one client sees it: its key, and its configuration with placeholders in place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import orjson

from builder.install import inputs
from builder.install.inputs import Input, Setting
from builder.install.plan import HTTP, SSE, STDIO, Local, Plan, Reading, Remote
from builder.model.server_json import Json

_COMPACT = json.JSONEncoder(separators=(",", ":")).encode

Config = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dialect:
    """How a client writes one server in its configuration; clients that write alike share one.

    `types` gives the value of `type` by transport (no entry: no such key), `urls` the key of the
    address by transport (no entry: the client cannot reach it). `secret` is how a value from the
    user's environment is written, with `{name}` for the variable; "" if the client has no such
    thing, and a placeholder to overwrite is shown. `full_name`: the key is the registry's name.
    """

    types: Mapping[str, str] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=lambda: {HTTP: "url", SSE: "url"})
    secret: str = ""
    reading: Reading = Reading.PLAIN
    full_name: bool = False
    extra: Mapping[str, Json] = field(default_factory=dict)

    @property
    def way(self) -> tuple[Reading, str]:
        """How inputs are written: whether the client asks for them, and its variables."""
        return self.reading, self.secret

    def write(self, one: Input) -> str:
        """Write an input in a file or link: a prompt, a variable, the default or a placeholder."""
        if self.reading is Reading.PROMPTED:
            return f"${{input:{one.id}}}"
        if one.secret and self.secret:
            return self.secret.format(name=variable_name(one.id))
        return placeholder(one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A plan with its inputs written out.

    `words` are a program's arguments, or the one address; `settings` its variables, or headers.
    `variables` are those of the environment that all this refers to.
    """

    words: tuple[str, ...]
    settings: Mapping[str, str]
    variables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A launch for the clients of one dialect. `title` and `description` are the server's.

    `own` is the plan as these clients write it, `shown` the same without variables of theirs, for
    a person to fill in; `linkable` tells whether a link may carry it.
    """

    name: str
    title: str
    description: str
    plan: Plan
    dialect: Dialect
    own: Written
    shown: Written
    linkable: bool

    @property
    def key(self) -> str:
        """What the server is called in the client's configuration."""
        return self.name if self.dialect.full_name else slug(self.name)

    @property
    def transport(self) -> str:
        """stdio, streamable-http or sse."""
        return STDIO if isinstance(self.plan, Local) else self.plan.transport

    @cached_property
    def config(self) -> Config:
        """The server's object in the client's configuration, without its key."""
        kind = self.dialect.types.get(self.transport)
        return {
            **({"type": kind} if kind else {}),
            **(self._local(self.plan) if isinstance(self.plan, Local) else self._remote(self.plan)),
            **self.dialect.extra,
        }

    @cached_property
    def config_json(self) -> str:
        """The same as compact JSON: what a link carries."""
        return compact(self.config)

    @cached_property
    def named_json(self) -> str:
        """The JSON of `vscode:mcp/install` and `code --add-mcp`: name, configuration, prompts."""
        asked = {"inputs": self.prompts} if self.prompts else {}
        return compact({"name": self.key, **self.config, **asked})

    @cached_property
    def prompts(self) -> list[Config]:
        """VS Code's `inputs`: what it asks its user for, each once."""
        if self.dialect.reading is not Reading.PROMPTED:
            return []
        asked = {one.id: one for value in self.plan.values for one in inputs.inputs(value)}
        return [_prompt(one) for one in asked.values()]

    def variables(self) -> tuple[str, ...]:
        """The environment variables that the configuration refers to."""
        return self.own.variables

    def _local(self, plan: Local) -> Config:
        return {
            "command": plan.command,
            **({"args": self.own.words} if self.own.words else {}),
            **({"env": self.own.settings} if self.own.settings else {}),
        }

    def _remote(self, plan: Remote) -> Config:
        key = self.dialect.urls.get(plan.transport, "url")
        headers = {"headers": self.own.settings} if self.own.settings else {}
        return {key: self.own.words[0], **headers}


def written(plan: Plan, dialect: Dialect) -> Written:
    """Write a plan out as a dialect has it."""
    values = plan.args if isinstance(plan, Local) else (plan.url,)
    return Written(
        words=tuple(inputs.render(value, dialect.write) for value in values),
        settings=settings(plan.env if isinstance(plan, Local) else plan.headers, dialect.write),
        variables=_variables(plan) if dialect.secret else (),
    )


def _variables(plan: Plan) -> tuple[str, ...]:
    secrets = (one for value in plan.values for one in inputs.inputs(value) if one.secret)
    return tuple(dict.fromkeys(variable_name(one.id) for one in secrets))


@lru_cache(maxsize=8)  # every client asks for the same one
def slug(name: str) -> str:
    """Reduce a server's name to its last segment in `A-Za-z0-9_-`, which every client takes."""
    last = re.sub(r"[^A-Za-z0-9_-]+", "-", name.rpartition("/")[2]).strip("-")
    return last or "server"


@lru_cache(maxsize=64)  # seven clients write a server's secrets as variables
def variable_name(id: str) -> str:
    """Name the environment variable that a secret is read from."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", id).upper()
    return f"_{name}" if name[:1].isdigit() else name


def placeholder(one: Input) -> str:
    """Write an input for a person to fill in: its default, or its name in angle brackets."""
    return one.default if one.default and not one.secret else f"<{one.id}>"


def settings(chosen: Iterable[Setting], write: Callable[[Input], str]) -> dict[str, str]:
    """Write variables or headers as a mapping."""
    return {setting.name: inputs.render(setting.value, write) for setting in chosen}


def compact(value: Json) -> str:
    """Write JSON without spaces, in ASCII; for texts, flags, lists and objects of them."""
    text = orjson.dumps(value).decode()  # five times as fast, and the same where it is ASCII
    return text if text.isascii() and text.isprintable() else _COMPACT(value)


def _prompt(one: Input) -> Config:
    return {
        "type": "pickString" if one.choices else "promptString",
        "id": one.id,
        "description": one.description or one.id,
        **({"options": list(one.choices)} if one.choices else {}),
        **({"default": one.default} if one.default and not one.secret else {}),
        **({"password": True} if one.secret and not one.choices else {}),
    }
