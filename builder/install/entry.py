"""One launch as one client sees it: its key, and its configuration with placeholders in place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import orjson

from builder.install import naming, pieces
from builder.install.inputs import Setting
from builder.install.plan import HTTP, SSE, STDIO, Local, Plan, Reading, Remote
from builder.install.value import Input, Value, inputs_of, render
from builder.model.server_json import Json

_COMPACT = json.JSONEncoder(separators=(",", ":")).encode

_PROMPT = "${input:"

Config = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dialect:
    """How a client writes one server in its configuration; clients that write alike share one.

    `types` gives the value of `type` by transport (no entry: no such key), `urls` the key of the
    address by transport (no entry: the client cannot reach it). `secret` is how a value from the
    user's environment is written, with `{name}` for the variable; "" if the client has no such
    thing, and a placeholder to overwrite is shown. `full_name`: the key is the registry's name.
    `all_headers`: optional ones are there too, as the client's policy compares their names.
    `joined`: the command is one list with its arguments; `env` is the key of the variables.
    """

    types: Mapping[str, str] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=lambda: {HTTP: "url", SSE: "url"})
    secret: str = ""
    reading: Reading = Reading.PLAIN
    full_name: bool = False
    all_headers: bool = False
    extra: Mapping[str, Json] = field(default_factory=dict)
    joined: bool = False
    env: str = "env"

    @property
    def way(self) -> tuple[Reading, str, bool]:
        """How inputs are written: whether the client asks for them, its variables, its headers."""
        return self.reading, self.secret, self.all_headers

    def write(self, asked: Input, server: str) -> str:
        """Write an input in a file or link: a prompt, a variable, the default or a placeholder."""
        if self.reading is Reading.PROMPTED:
            if asked.default and not asked.required and not asked.secret:
                return asked.default
            return f"{_PROMPT}{naming.prompt_id(server, asked.id, own=asked.own)}}}"
        if asked.secret and self.secret:
            return self.secret.format(name=variable_name(asked, server))
        return placeholder(asked)


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
class ClientEntry:
    """A launch for the clients of one dialect. `title` and `description` are the server's.

    `own` is the plan as these clients write it, `shown` the same without variables of theirs, for
    a person to fill in; `linkable` tells whether a link may carry it, and `open` are
    the placeholders of what only the user can give. `marked`: it holds what is
    optional too, each part with the mark of its switch.
    """

    name: str
    title: str
    description: str
    plan: Plan
    dialect: Dialect
    own: Written
    shown: Written
    linkable: bool
    open: tuple[str, ...] = ()
    marked: bool = False

    @property
    def key(self) -> str:
        """What the server is called in the client's configuration."""
        return self.name if self.dialect.full_name else naming.key(self.name)

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
        prompts: dict[str, Config] = {}
        for asked, switch in self._asked():
            text = self.dialect.write(asked, self.name)
            if text.startswith(_PROMPT):
                prompt = _prompt(asked, text[len(_PROMPT) : -1])
                # What is asked for anyway is there, whatever else asks for it too.
                prompts.setdefault(text, pieces.mark_keys(prompt, switch if self.marked else ""))
        return list(prompts.values())

    def _asked(self) -> Iterator[tuple[Input, str]]:
        """Yield every input with its switch, secret if it is anywhere: one prompt may serve two."""
        asked = [
            (part, switch) for value, switch in switched(self.plan) for part in inputs_of(value)
        ]
        secret = {part.id for part, _ in asked if part.secret}
        for part, switch in asked:
            yield replace(part, secret=part.id in secret), switch

    def variables(self) -> tuple[str, ...]:
        """Return the environment variables that the configuration refers to."""
        return self.own.variables

    def _local(self, plan: Local) -> Config:
        words = self.own.words
        command: Config = {"command": plan.command, **({"args": words} if words else {})}
        if self.dialect.joined:
            command = {"command": [plan.command, *words]}
        return {
            **command,
            **({self.dialect.env: self.own.settings} if self.own.settings else {}),
        }

    def _remote(self, plan: Remote) -> Config:
        key = self.dialect.urls.get(plan.transport, "url")
        headers = {"headers": self.own.settings} if self.own.settings else {}
        return {key: self.own.words[0], **headers}


def written(plan: Plan, dialect: Dialect, server: str, *, marked: bool = False) -> Written:
    """Write a plan out as a dialect has it; `marked`: what has a switch is marked by it."""

    def write(value: Value, switch: str) -> str:
        text = render(value, lambda asked: dialect.write(asked, server))
        return pieces.mark(text, switch) if marked else text

    words = plan.args if isinstance(plan, Local) else ()
    settings = plan.env if isinstance(plan, Local) else plan.headers
    return Written(
        words=tuple(write(word.value, word.switch) for word in words)
        or ((write(plan.url, ""),) if isinstance(plan, Remote) else ()),
        settings={item.name: write(item.value, item.switch) for item in settings},
        variables=_variables(plan, server) if dialect.secret else (),
    )


def switched(plan: Plan) -> Iterable[tuple[Value, str]]:
    """Yield every value of a plan with its switch, what is always there first."""
    settings: tuple[Setting, ...]
    if isinstance(plan, Local):
        settings = plan.env
        values = [(word.value, word.switch) for word in plan.args]
    else:
        settings = plan.headers
        values = [(plan.url, "")]
    values += [(setting.value, setting.switch) for setting in settings]
    return sorted(values, key=lambda value: bool(value[1]))


def _variables(plan: Plan, server: str) -> tuple[str, ...]:
    secrets = (asked for value in plan.values for asked in inputs_of(value) if asked.secret)
    return tuple(dict.fromkeys(variable_name(asked, server) for asked in secrets))


def variable_name(asked: Input, server: str) -> str:
    """Name the environment variable that an input is read from."""
    return naming.variable(server, asked.id, own=asked.own)


def placeholder(asked: Input) -> str:
    """Write an input for a person to fill in: its default, or its name in angle brackets."""
    return asked.default if asked.default and not asked.secret else f"<{asked.id}>"


def compact(value: Json) -> str:
    """Write JSON without spaces, in ASCII; for texts, flags, lists and objects of them."""
    text = orjson.dumps(value).decode()  # five times as fast, and the same where it is ASCII
    return text if text.isascii() and text.isprintable() else _COMPACT(value)


def _prompt(asked: Input, id: str) -> Config:
    return {
        "type": "pickString" if asked.choices else "promptString",
        "id": id,
        "description": _about(asked),
        **({"options": list(asked.choices)} if asked.choices else {}),
        **({"default": asked.default} if asked.default and not asked.secret else {}),
        **({"password": True} if asked.secret and not asked.choices else {}),
    }


def _about(asked: Input) -> str:
    """Describe an input; VS Code's prompts have no place for an example of their own."""
    about = asked.description or asked.id
    return f"{about} (for example {asked.placeholder})" if asked.placeholder else about
