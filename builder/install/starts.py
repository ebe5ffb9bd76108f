"""What exactly a client starts: the words of its command, or the address that it connects to.

For lists of what clients may start, which compare word by word. Nothing is guessed: where a word or
an address depends on its user, there is a reason instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.install import by_cmd, inputs, plan
from builder.install.client import Client
from builder.install.entry import written
from builder.install.field import record, records, text
from builder.install.plan import REMOTE, Local, Plans, Remote
from builder.install.value import Value, inputs_of
from builder.model.server_json import Document

_OPEN = "A word of the command depends on what its user enters."
_OPEN_URL = "The address depends on what its user enters."
_VARIABLE = "It holds a $, which clients read as a variable."
_WILDCARD = "The address holds a *, which lists of addresses read as anything."
_BUNDLE = "A bundle has no command of its own."


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One way to start or reach a server, as some clients do it.

    `commands` are the words, program first, each once; `url` is an address, "" for a program. With
    a `reason` there are neither. `target` is the package or address that the entry names.
    """

    target: str
    commands: tuple[tuple[str, ...], ...] = ()
    url: str = ""
    reason: str = ""


def starts(name: str, document: Document, clients: Sequence[Client]) -> Iterator[Start]:
    """Yield how these clients start each package of a version, and reach each of its remotes.

    Of what is optional nothing is there: with an optional argument the words are others.
    """
    for package in records(document, "packages"):
        yield _package(name, package, clients)
    for remote in records(document, "remotes"):
        yield _remote(text(remote, "url"), plan.remote(remote, {}))


def _package(name: str, package: Document, clients: Sequence[Client]) -> Start:
    target = text(package, "identifier")
    if text(package, "registryType") == "mcpb":
        return Start(target=target, reason=_BUNDLE)
    plans = plan.local(package)
    if not plans.by_reading:
        return Start(target=target, reason=plans.reason)
    if plan.transport_type(package) in REMOTE:
        known = inputs.by_name(package)
        return _remote(target, plan.remote(record(package, "transport"), known))
    commands: dict[tuple[str, ...], None] = {}
    for client in clients:
        chosen = plans.by_reading[client.dialect.reading]
        assert isinstance(chosen, Local)
        if reason := _why_open(name, chosen.base, client):
            return Start(target=target, reason=reason)
        commands |= dict.fromkeys(_commands(name, chosen.base, client))
    return Start(target=target, commands=tuple(commands))


def _commands(name: str, chosen: Local, client: Client) -> Iterator[tuple[str, ...]]:
    words = (chosen.command, *written(chosen, client.dialect, name).words)
    yield words
    if by_cmd.needs_cmd(client, chosen) and by_cmd.is_safe(chosen):
        yield ("cmd", "/c", *words)  # as Windows needs it


def _why_open(name: str, chosen: Local, client: Client) -> str:
    for word in chosen.args:
        for asked in inputs_of(word.value):
            if not asked.default or client.dialect.write(asked, name) != asked.default:
                return _OPEN
    words = written(chosen, client.dialect, name).words
    return _VARIABLE if any("$" in word for word in words) else ""


def _remote(target: str, plans: Plans) -> Start:
    chosen = plans.plain
    if not isinstance(chosen, Remote):
        return Start(target=target, reason=plans.reason)
    if not _is_fixed(chosen.url):
        return Start(target=target, reason=_OPEN_URL)
    url = "".join(part for part in chosen.url if isinstance(part, str))
    for character, reason in (("$", _VARIABLE), ("*", _WILDCARD)):
        if character in url:
            return Start(target=target, reason=reason)
    return Start(target=target, url=url)


def _is_fixed(value: Value) -> bool:
    return all(isinstance(part, str) for part in value)
