"""Shell commands: a line for a POSIX shell, quoted so that it reads back as the same words.

A form is a line with `{name}`, `{type}`, `{url}`, `{command}`, `{args}`, `{named}` in it, each one
word or a row of words; `{--env}` stands for `--env K=V` once for each variable, `{--header}` for
`--header "K: V"`, with whatever the option is called.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from builder.install.entry import Entry, Written, variable_name
from builder.install.inputs import Input
from builder.install.plan import HTTP, TYPES, Local, Remote
from builder.install.shape import Command

_UNSPLIT = re.compile(r"[\s\"'\\]")
_OPEN = re.compile(r"<[A-Za-z0-9_.-]+>")
FILL_IN = "Put your own values in place of the words in angle brackets."

MakeCommand = Callable[[Entry], Command | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandForm:
    """The commands of one client; "" where it has none for that kind of launch."""

    local: str
    remote: str = ""

    def __call__(self, entry: Entry) -> Command | None:
        """Fill in the form."""
        form = self.local if isinstance(entry.plan, Local) else self.remote
        return line(_fill(form, entry)) if form else None


def codex(entry: Entry) -> Command | None:
    """Codex takes one secret on its command line, a bearer token, as the name of a variable."""
    plan = entry.plan
    if isinstance(plan, Local):
        return CommandForm(local="codex mcp add {name} {--env} -- {command} {args}")(entry)
    token = bearer(plan)
    if len(plan.headers) > (token is not None):
        return None
    option = ("--bearer-token-env-var", variable_name(token.id)) if token else ()
    return line(("codex", "mcp", "add", entry.key, "--url", entry.shown.words[0], *option))


def bearer(plan: Remote) -> Input | None:
    """The input of a header `Authorization: Bearer {input}`, if there is one."""
    for header in plan.headers:
        if header.name.lower() == "authorization":
            match header.value:
                case ("Bearer ", Input(secret=True) as token):
                    return token
    return None


def goose(entry: Entry) -> Command | None:
    """A Goose session with this server; Goose splits the value at white space, without quotes."""
    plan = entry.plan
    if not isinstance(plan, Local):
        if plan.headers or plan.transport != HTTP:
            return None
        url = entry.shown.words[0]
        return line(("goose", "session", "--with-streamable-http-extension", url))
    words = started(plan.command, entry.shown)
    if _UNSPLIT.search("".join(words)):
        return None
    return line(("goose", "session", "--with-extension", " ".join(words)))


def started(command: str, shown: Written) -> tuple[str, ...]:
    """The words that start a program in a shell: variables, command, arguments."""
    variables = (f"{name}={value}" for name, value in shown.settings.items())
    return (*variables, command, *shown.words)


def line(words: tuple[str, ...], note: str = "") -> Command:
    """Make a command of its words; one with gaps left to fill says so."""
    text = shlex.join(words)
    notes = (note, FILL_IN if _OPEN.search(text) else "")
    return Command(text=text, note=" ".join(part for part in notes if part))


def _fill(form: str, entry: Entry) -> tuple[str, ...]:
    words: list[str] = []
    for part in form.split():
        words += _words(part[1:-1], entry) if part.startswith("{") else (part,)
    return tuple(words)


def _words(field: str, entry: Entry) -> Iterator[str]:
    plan = entry.plan
    match field:
        case "name":
            yield entry.key
        case "type":
            yield TYPES[entry.transport]
        case "named":
            yield entry.named_json
        case "url" if isinstance(plan, Remote):
            yield from entry.shown.words
        case "command" if isinstance(plan, Local):
            yield plan.command
        case "args" if isinstance(plan, Local):
            yield from entry.shown.words
        case option:
            sign = "=" if isinstance(plan, Local) else ": "
            for name, value in entry.shown.settings.items():
                yield from (option, f"{name}{sign}{value}")
