"""Pieces of configuration files in JSON, TOML and YAML, complete with their top-level key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import orjson

from builder.install.command import bearer
from builder.install.entry import ClientEntry, Config, placeholder, variable_name
from builder.install.inputs import Setting
from builder.install.pieces import START, mark
from builder.install.plan import HTTP, Local, Remote
from builder.install.value import Input, inputs_of, render
from builder.model.server_json import Json

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_GOOSE_SECONDS = 300
_SHARED_KEYS = ("name", "type", "args", "headers")
_GOOSE_KEYS = ("extensions", "description", "enabled", "timeout", "cmd", "envs", "uri")
_CONTINUE_KEYS = ("command", "env", "url", "requestOptions")
OWN_KEYS = frozenset((*_SHARED_KEYS, *_GOOSE_KEYS, *_CONTINUE_KEYS))
"""Keys that need no quotes in YAML; a publisher's may be `on` or `null`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """A file's language, what writes the piece, and which variables the piece refers to."""

    language: str
    write: Callable[[ClientEntry], str]
    variables: Callable[[ClientEntry], tuple[str, ...]] = ClientEntry.variables


def json_file(key: str) -> FileForm:
    """Return the form of a JSON file that holds servers by key below one key."""
    return FileForm(language="json", write=partial(_servers, key))


def _servers(key: str, entry: ClientEntry) -> str:
    asked = {"inputs": entry.prompts} if entry.prompts else {}
    return _json({**asked, key: {entry.key: entry.config}})


def _codex(entry: ClientEntry) -> str:
    table = f"mcp_servers.{_key(entry.key)}"
    plan = entry.plan
    if isinstance(plan, Local):
        env = [f"{_key(name)} = {_json(text)}" for name, text in entry.own.settings.items()]
        lines = [f"[{table}]", f"command = {_json(plan.command)}"]
        lines += [f"args = {_row(entry.own.words)}"] if entry.own.words else []
        lines += ["", _env_table(entry, plan, table)] if env else []
        return "\n".join([*lines, *env]) + "\n"
    url = entry.shown.words[0]
    return "\n".join([f"[{table}]", f"url = {_json(url)}", *_codex_headers(entry, plan)]) + "\n"


def _env_table(entry: ClientEntry, plan: Local, table: str) -> str:
    """Return the heading of the variables; it is there with any of them if all have a switch."""
    switches = [setting.switch for setting in plan.env]
    marks = "" if not entry.marked or "" in switches else "".join(mark("", s) for s in switches)
    return f"{marks}[{table}.env]"


def _codex_headers(entry: ClientEntry, plan: Remote) -> Iterator[str]:
    for header, variable in _codex_secrets(entry, plan):
        if header is bearer(plan)[0]:
            line = f"bearer_token_env_var = {_json(variable)}"
        elif variable:
            line = f"env_http_headers.{_key(header.name)} = {_json(variable)}"
        else:
            text = render(header.value, placeholder)
            line = f"http_headers.{_key(header.name)} = {_json(text)}"
        yield mark(line, header.switch) if entry.marked else line


def _codex_secrets(entry: ClientEntry, plan: Remote) -> Iterator[tuple[Setting, str]]:
    """Yield each header with the variable that holds its token or its whole value, "" if none."""
    header, token = bearer(plan)
    for setting in plan.headers:
        secret = any(asked.secret for asked in inputs_of(setting.value))
        asked = token if setting is header and token else Input(id=setting.name)
        yield setting, variable_name(asked, entry.name) if secret else ""


def _codex_variables(entry: ClientEntry) -> tuple[str, ...]:
    plan = entry.plan
    if isinstance(plan, Local):
        return ()
    return tuple(dict.fromkeys(name for _, name in _codex_secrets(entry, plan) if name))


def _goose(entry: ClientEntry) -> str:
    plan = entry.plan
    body: Config = {
        "name": entry.key,  # by which Goose finds it, whatever the key above is: name_to_key
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


def _continue(entry: ClientEntry) -> str:
    plan = entry.plan
    body: Config = {"name": entry.key}  # Continue's own id of a server
    if isinstance(plan, Local):
        body |= {"type": "stdio", "command": plan.command, "args": list(entry.own.words)}
        body |= {"env": entry.own.settings} if plan.env else {}
    else:
        body |= {"type": plan.transport, "url": entry.own.words[0]}
        body |= {"requestOptions": {"headers": entry.own.settings}} if plan.headers else {}
    first, *rest = _yaml(body, "    ")
    return "\n".join(["mcpServers:", f"  - {first.strip()}", *rest]) + "\n"


def _yaml(value: Mapping[str, Json], indent: str = "") -> Iterator[str]:
    # Scalars, lists and foreign keys as JSON, which YAML reads too; PyYAML's emitter takes 0.5 ms for each.
    for key, item in value.items():
        name = key if key in OWN_KEYS else _json(key)
        if isinstance(item, Mapping):
            yield f"{indent}{name}:"
            yield from _yaml(item, f"{indent}  ")
        else:
            yield f"{indent}{name}: {_row(item, indent) if isinstance(item, list) else _json(item)}"


def _json(value: Json) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _row(words: Iterable[str], indent: str = "") -> str:
    """Return a list on one line; on several if an item may come and go with its switch."""
    items = [_json(word) for word in words]
    if not any(START in item for item in items):
        return f"[{', '.join(items)}]"
    rows = [f"{indent}  {item}" for item in items]
    return "[\n" + ",\n".join(rows) + f"\n{indent}]"


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _json(name)


SERVERS = json_file("servers")
"""VS Code's and Visual Studio's `servers` with `inputs`."""
MCP_SERVERS = json_file("mcpServers")
"""Most others' `mcpServers`."""
ZED = json_file("context_servers")
OPENCODE = json_file("mcp")
CODEX = FileForm(language="toml", write=_codex, variables=_codex_variables)
GOOSE = FileForm(language="yaml", write=_goose)
CONTINUE = FileForm(language="yaml", write=_continue)
