"""Shell commands: a line for a POSIX shell, quoted so that it reads back as the same words.

A form is a line with `{name}`, `{type}`, `{url}`, `{command}`, `{args}`, `{named}` in it, each one
word or a row of words; `{--env}` stands for `--env K=V` once for each variable, `{--header}` for
`--header "K: V"`, with whatever the option is called.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from builder.install import pieces, powershell
from builder.install.entry import ClientEntry, Written, variable_name
from builder.install.inputs import Setting
from builder.install.plan import HTTP, TYPES, Local, Remote
from builder.install.powershell import JsonWord
from builder.install.shape import Command, Piece
from builder.install.value import Input

_UNSPLIT = re.compile(r"[\s\"'\\]")

MakeWords = Callable[[ClientEntry], tuple[str, ...] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandForm:
    """The commands of one client; "" where it has none for that kind of launch."""

    local: str
    remote: str = ""

    def __call__(self, entry: ClientEntry) -> tuple[str, ...] | None:
        """Fill in the form."""
        form = self.local if isinstance(entry.plan, Local) else self.remote
        return _fill(form, entry) if form else None


def codex(entry: ClientEntry) -> tuple[str, ...] | None:
    """Codex takes one secret on its command line, a bearer token, as the name of a variable."""
    plan = entry.plan
    if isinstance(plan, Local):
        return CommandForm(local="codex mcp add {name} {--env} -- {command} {args}")(entry)
    header, token = bearer(plan)
    if len(plan.headers) > (token is not None):
        return None
    words = ("--bearer-token-env-var", variable_name(token, entry.name)) if token else ()
    switch = header.switch if header and entry.marked else ""
    option = (pieces.mark(word, switch) for word in words)
    return ("codex", "mcp", "add", entry.key, "--url", entry.shown.words[0], *option)


def bearer(plan: Remote) -> tuple[Setting | None, Input | None]:
    """Return a header `Authorization: Bearer {input}` and its input, if there is one."""
    for header in plan.headers:
        if header.name.lower() == "authorization":
            match header.value:
                case ("Bearer ", Input(secret=True) as token):
                    return header, token
    return None, None


def goose(entry: ClientEntry) -> tuple[str, ...] | None:
    """Return a Goose session with this server; Goose splits the value at white space, unquoted."""
    plan = entry.plan
    if not isinstance(plan, Local):
        if plan.headers or plan.transport != HTTP:
            return None
        return ("goose", "session", "--with-streamable-http-extension", entry.shown.words[0])
    words = started(plan.command, entry.shown)
    if _UNSPLIT.search("".join(words)):
        return None
    return ("goose", "session", "--with-extension", " ".join(words))


def started(command: str, shown: Written) -> tuple[str, ...]:
    """Return the words that start a program in a shell: variables, command, arguments."""
    variables = (f"{name}={value}" for name, value in shown.settings.items())
    return (*variables, command, *shown.words)


def by_hand(command: str, shown: Written, note: str) -> Command:
    """Make the line with which a person starts a program; its variables are set for it."""
    words = started(command, shown)
    if not shown.settings:
        return line(words, note=note)
    windows = powershell.started(shown.settings, (command, *shown.words))
    return replace(line(("env", *words), note=note), windows=windows)


def line(words: Sequence[str], *, full: Sequence[str] = (), note: str = "") -> Command:
    """Make a command of its words; `full` are the same with everything optional, marked."""
    text = joined(words)
    windows = powershell.joined(words)
    return Command(
        text=text,
        windows=windows if windows != text else "",
        note=note,
        pieces=_cut(text, words, full) if full else (),
    )


def _cut(text: str, words: Sequence[str], full: Sequence[str]) -> tuple[Piece, ...]:
    """Cut a command into pieces; a word that holds several words cannot be cut (VS Code, Goose)."""
    plain = [pieces.unmarked(word) for word in full]
    if plain == list(words):
        return ()
    cut = pieces.words(full, map(_quoted, plain))
    return cut if pieces.shown(cut) == text else ()


def joined(words: Sequence[str]) -> str:
    """Write words as `shlex.join` does."""
    return " ".join(map(_quoted, words))


_quoted = lru_cache(maxsize=256)(shlex.quote)  # the clients' commands are of the same words


def _fill(form: str, entry: ClientEntry) -> tuple[str, ...]:
    words: list[str] = []
    for part in form.split():
        words += _words(part[1:-1], entry) if part.startswith("{") else (part,)
    return tuple(words)


def _words(field: str, entry: ClientEntry) -> Iterator[str]:
    plan = entry.plan
    match field:
        case "name":
            yield entry.key
        case "type":
            yield TYPES[entry.transport]
        case "named":
            yield JsonWord(entry.named_json)
        case "url" if isinstance(plan, Remote):
            yield from entry.shown.words
        case "command" if isinstance(plan, Local):
            yield plan.command
        case "args" if isinstance(plan, Local):
            yield from entry.shown.words
        case option:
            yield from _settings(option, entry)


def _settings(option: str, entry: ClientEntry) -> Iterator[str]:
    plan = entry.plan
    sign, settings = ("=", plan.env) if isinstance(plan, Local) else (": ", plan.headers)
    for setting in settings:
        value = entry.shown.settings[setting.name]
        yield pieces.mark(option, setting.switch if entry.marked else "")
        yield f"{setting.name}{sign}{value}"
