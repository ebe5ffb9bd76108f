"""One launch as one client sees it: its key, and its configuration with placeholders in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from builder.document import Json
from builder.install import inputs
from builder.install.inputs import Input, Setting
from builder.install.plan import HTTP, SSE, STDIO, Local, Plan, Reading

Config = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a client writes one server in its configuration.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A launch for one client. `title` and `description` are the server's."""

    name: str
    title: str
    description: str
    plan: Plan
    dialect: Dialect

    @property
    def key(self) -> str:
        """What the server is called in the client's configuration."""
        return self.name if self.dialect.full_name else slug(self.name)

    @property
    def transport(self) -> str:
        """stdio, streamable-http or sse."""
        return STDIO if isinstance(self.plan, Local) else self.plan.transport

    def write(self, one: Input) -> str:
        """Write an input in a file or link: a prompt, a variable, the default or a placeholder."""
        if self.dialect.reading is Reading.PROMPTED:
            return f"${{input:{one.id}}}"
        if one.secret and self.dialect.secret:
            return self.dialect.secret.format(name=variable_name(one.id))
        return placeholder(one)

    def config(self) -> Config:
        """The server's object in the client's configuration, without its key."""
        kind = self.dialect.types.get(self.transport)
        return {
            **({"type": kind} if kind else {}),
            **(self._local(self.plan) if isinstance(self.plan, Local) else self._remote()),
            **self.dialect.extra,
        }

    def prompts(self) -> list[Config]:
        """VS Code's `inputs`: what it asks its user for, each once."""
        asked = {one.id: one for value in self.plan.values for one in inputs.inputs(value)}
        return [_prompt(one) for one in asked.values()] if self._asks else []

    def variables(self) -> tuple[str, ...]:
        """The environment variables that the configuration refers to."""
        secrets = (one for value in self.plan.values for one in inputs.inputs(value) if one.secret)
        if self._asks or not self.dialect.secret:
            return ()
        return tuple(dict.fromkeys(variable_name(one.id) for one in secrets))

    @property
    def _asks(self) -> bool:
        return self.dialect.reading is Reading.PROMPTED

    def _local(self, plan: Local) -> Config:
        args = [inputs.render(word, self.write) for word in plan.args]
        env = settings(plan.env, self.write)
        return {
            "command": plan.command,
            **({"args": args} if args else {}),
            **({"env": env} if env else {}),
        }

    def _remote(self) -> Config:
        assert not isinstance(self.plan, Local)
        headers = settings(self.plan.headers, self.write)
        url = inputs.render(self.plan.url, self.write)
        key = self.dialect.urls.get(self.plan.transport, "url")
        return {key: url, **({"headers": headers} if headers else {})}


def slug(name: str) -> str:
    """Reduce a server's name to its last segment in `A-Za-z0-9_-`, which every client takes."""
    last = re.sub(r"[^A-Za-z0-9_-]+", "-", name.rpartition("/")[2]).strip("-")
    return last or "server"


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


def _prompt(one: Input) -> Config:
    return {
        "type": "pickString" if one.choices else "promptString",
        "id": one.id,
        "description": one.description or one.id,
        **({"options": list(one.choices)} if one.choices else {}),
        **({"default": one.default} if one.default and not one.secret else {}),
        **({"password": True} if one.secret and not one.choices else {}),
    }
