"""Pieces of configuration files in JSON, TOML and YAML, complete with their top-level key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import orjson

from builder.install import inputs
from builder.install.command import bearer
from builder.install.entry import Entry, placeholder, settings, variable_name
from builder.install.inputs import Setting
from builder.install.plan import HTTP, Local, Remote
from builder.model.server_json import Json

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_GOOSE_SECONDS = 300
_OWN_KEYS = (
    "extensions",
    "name",
    "type",
    "description",
    "enabled",
    "timeout",
    "cmd",
    "args",
    "envs",
    "uri",
    "headers",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """A file's language, what writes the piece, and which variables the piece refers to."""

    language: str
    write: Callable[[Entry], str]
    variables: Callable[[Entry], tuple[str, ...]] = Entry.variables


def _servers(entry: Entry) -> str:
    asked = {"inputs": entry.prompts} if entry.prompts else {}
    return _json({**asked, "servers": {entry.key: entry.config}})


def _mcp_servers(entry: Entry) -> str:
    return _json({"mcpServers": {entry.key: entry.config}})


def _codex(entry: Entry) -> str:
    table = f"mcp_servers.{_key(entry.key)}"
    plan = entry.plan
    if isinstance(plan, Local):
        words, env = entry.own.words, entry.own.settings
        lines = [f"[{table}]", f"command = {_json(plan.command)}"]
        lines += [f"args = {_row(words)}"] if words else []
        lines += [f"\n[{table}.env]"] if env else []
        lines += [f"{_key(name)} = {_json(text)}" for name, text in env.items()]
        return "\n".join(lines) + "\n"
    url = entry.shown.words[0]
    return "\n".join([f"[{table}]", f"url = {_json(url)}", *_codex_headers(plan)]) + "\n"


def _codex_headers(plan: Remote) -> list[str]:
    token, whole = _codex_secrets(plan)
    plain = settings((one for one in plan.headers if not _is_secret(one)), placeholder)
    lines = [f"bearer_token_env_var = {_json(token)}"] if token else []
    lines += [f"http_headers = {_inline(plain)}"] if plain else []
    lines += [f"env_http_headers = {_inline(whole)}"] if whole else []
    return lines


def _codex_secrets(plan: Remote) -> tuple[str, dict[str, str]]:
    """The variable that holds the bearer token, and those that hold whole headers."""
    token = bearer(plan)
    secret = [one.name for one in plan.headers if _is_secret(one)]
    if token is not None:
        secret = [name for name in secret if name.lower() != "authorization"]
    name = variable_name(token.id) if token else ""
    return name, {one: variable_name(one) for one in secret}


def _codex_variables(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry.plan, Local):
        return ()
    token, whole = _codex_secrets(entry.plan)
    return tuple(dict.fromkeys(name for name in (token, *whole.values()) if name))


def _is_secret(header: Setting) -> bool:
    return any(one.secret for one in inputs.inputs(header.value))


def _goose(entry: Entry) -> str:
    plan = entry.plan
    body: dict[str, Json] = {
        "name": entry.title,
        "type": "stdio",
        "description": entry.description,
        "enabled": True,
        "timeout": _GOOSE_SECONDS,
    }
    if isinstance(plan, Local):
        body |= {"cmd": plan.command, "args": list(entry.own.words)}
        body |= {"envs": entry.shown.settings} if plan.env else {}
    else:
        body["type"] = "streamable_http" if plan.transport == HTTP else "sse"
        body["uri"] = entry.shown.words[0]
        body |= {"headers": entry.shown.settings} if plan.headers else {}
    return "\n".join(_yaml({"extensions": {entry.key: body}})) + "\n"


def _yaml(value: dict[str, Json], indent: str = "") -> Iterator[str]:
    # Scalars, lists and foreign keys as JSON, which YAML reads too; PyYAML's emitter takes 0.5 ms for each.
    for key, item in value.items():
        name = key if key in _OWN_KEYS else _json(key)
        if isinstance(item, dict):
            yield f"{indent}{name}:"
            yield from _yaml(item, f"{indent}  ")
        else:
            yield f"{indent}{name}: {_row(item) if isinstance(item, list) else _json(item)}"


def _json(value: Json) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _row(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_json, words))}]"


def _inline(table: dict[str, str]) -> str:
    return f"{{ {', '.join(f'{_key(name)} = {_json(text)}' for name, text in table.items())} }}"


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _json(name)


SERVERS = FileForm(language="json", write=_servers)
"""VS Code's and Visual Studio's `servers` with `inputs`."""
MCP_SERVERS = FileForm(language="json", write=_mcp_servers)
"""Everyone else's `mcpServers`."""
CODEX = FileForm(language="toml", write=_codex, variables=_codex_variables)
GOOSE = FileForm(language="yaml", write=_goose)
