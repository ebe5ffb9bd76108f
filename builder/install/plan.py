"""Package or remote -> what a client must be told: a command with its environment, or an address.

The mapping from packages to commands is VS Code's (`mcpManagementService.ts`): runtime arguments,
environment, package, package arguments. What is optional is in a plan with a switch; `base` is the
plan with all of them off.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from builder.install import inputs
from builder.install.field import HIDDEN, UNSEEN, record, text
from builder.install.grammar import NoCommand
from builder.install.inputs import Argument, Setting
from builder.install.package import Package, package
from builder.install.program import Word, Words, arguments, usable
from builder.install.runners import is_steered
from builder.install.value import Known, Value, offers, render
from builder.install.web import address
from builder.model.server_json import Document

HTTP, SSE, STDIO = "streamable-http", "sse", "stdio"
REMOTE = (HTTP, SSE)
TYPES = {HTTP: "http", SSE: "sse"}
"""What clients call the transports of remotes."""

MOST_SWITCHES = 40
"""Optional settings of a kind that can be switched on; the page's table lists all."""

_NO_REMOTE = "The address or the transport of this remote is not one that clients can use."
_HIDDEN = "The entry has characters that do not show; what one reads is not what would run."


class Reading(enum.IntEnum):  # of int, as Enum's own hash is slow and tables are by reading
    """How a client takes what is needed from its user."""

    PROMPTED = enum.auto()
    """It asks for what is open, and answers the runner's own question."""
    PLAIN = enum.auto()
    """The user edits the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A program that the client starts and talks to over stdio."""

    command: str
    args: tuple[Word, ...]
    env: tuple[Setting, ...] = ()

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value in it."""
        return (*(word.value for word in self.args), *(setting.value for setting in self.env))

    @property
    def base(self) -> Local:
        """The same with everything optional left out."""
        args, env = _unswitched(self.args), _unswitched(self.env)
        if len(args) == len(self.args) and len(env) == len(self.env):
            return self
        return replace(self, args=args, env=env)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """An address that the client connects to; `transport` is streamable-http or sse."""

    transport: str
    url: Value
    headers: tuple[Setting, ...] = ()

    @property
    def values(self) -> tuple[Value, ...]:
        """Every value in it."""
        return (self.url, *(setting.value for setting in self.headers))

    @property
    def base(self) -> Remote:
        """The same with everything optional left out."""
        headers = _unswitched(self.headers)
        return self if len(headers) == len(self.headers) else replace(self, headers=headers)


Plan = Local | Remote
Switched = TypeVar("Switched", Word, Setting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """A launch for both kinds of clients, or the reason why it has none, a sentence.

    `about` is the field of the package that the reason is about.
    """

    by_reading: Mapping[Reading, Plan] = field(default_factory=dict)
    reason: str = ""
    about: str = ""

    @property
    def plain(self) -> Plan | None:
        """The plan for clients that do not ask their user, if there is one."""
        return self.by_reading.get(Reading.PLAIN)


def local(document: Document) -> Plans:
    """Make the command that starts a package and nothing else, or say why there is none."""
    try:
        by_reading = _commands(document, package(document))
    except NoCommand as reason:
        return Plans(reason=str(reason), about=reason.field)
    return _visible(by_reading)


def remote(transport: Document, known: Known) -> Plans:
    """Make the address of a remote or of a package's own HTTP transport, or say why there is none.

    `known` are the inputs that the address may refer to besides its own variables.
    """
    kind = text(transport, "type") or HTTP
    url = inputs.url(transport, known)
    filled = (render(url, lambda _: "1"), render(url, lambda asked: asked.default or "1"))
    if kind not in REMOTE or any(address(text, "http", "https") is None for text in filled):
        return Plans(reason=_NO_REMOTE)
    headers = _switches(inputs.headers(transport), "header")
    plan = Remote(transport=kind, url=url, headers=headers)
    return _visible(dict.fromkeys(Reading, plan))


def install(document: Document) -> tuple[str, ...]:
    """Return the words of the command that must have run once before a package can start, if any."""
    if text(document, "registryType") != "cargo":
        return ()
    name, version = text(document, "identifier"), text(document, "version")
    return ("cargo", "install", "--locked", name, "--version", version)


def transport_type(document: Document) -> str:
    """Return a package's transport; stdio if it says nothing."""
    return text(record(document, "transport"), "type") or STDIO


def _commands(document: Document, exact: Package) -> dict[Reading, Plan]:
    """Return the command for each reading; they differ only where the runner has a question."""
    env = _switches(inputs.environment(document), "variable")
    _refuse_steering(exact, env)
    runtime = inputs.runtime_arguments(document) if exact.runner else ()
    open_to_all = [argument for argument in runtime if not argument.needed]
    optional = [argument for argument in open_to_all[:MOST_SWITCHES] if usable(exact, argument)]
    words = Words(
        runtime=tuple(
            word for argument in runtime if argument.needed for word in argument.words if word
        ),
        optional=tuple((f"runner-{n}", argument) for n, argument in enumerate(optional, 1)),
        program=tuple(_program(inputs.package_arguments(document))),
        environment=tuple((setting.name, setting.switch) for setting in env),
    )
    command = exact.runner.grammar.command[0] if exact.runner else exact.written
    if exact.runner is None or not exact.runner.agree:
        same = Local(command=command, args=arguments(exact, words, agreed=False), env=env)
        return dict.fromkeys(Reading, same)
    return {
        reading: Local(
            command=command,
            args=arguments(exact, words, agreed=reading is Reading.PLAIN),
            env=env,
        )
        for reading in Reading
    }


def _refuse_steering(exact: Package, env: Iterable[Setting]) -> None:
    """Refuse variables whose values the entry gives and by which its runner would start something else."""
    for setting in env:
        if any(offers(setting.value)) and is_steered(exact.runner, setting.name):
            started = exact.runner.grammar.command[0] if exact.runner else exact.written
            raise NoCommand(
                f"The entry sets {setting.name}, which can make {started} start "
                "other code than the package.",
                "environmentVariables",
            )


def _program(given: Sequence[Argument]) -> Iterable[Word]:
    switches = 0
    for number, argument in enumerate(given, 1):
        switches += not argument.needed
        if argument.needed or switches <= MOST_SWITCHES:
            switch = "" if argument.needed else f"argument-{number}"
            yield from (Word(word, switch) for word in argument.words if word)


def _switches(settings: Iterable[Setting], kind: str) -> tuple[Setting, ...]:
    kept: list[Setting] = []
    switches = 0
    for number, setting in enumerate(settings, 1):
        switches += not setting.needed
        if setting.needed:
            kept.append(setting)
        elif switches <= MOST_SWITCHES:
            kept.append(replace(setting, switch=f"{kind}-{number}"))
    return tuple(kept)


def _unswitched(given: tuple[Switched, ...]) -> tuple[Switched, ...]:
    return tuple(part for part in given if not part.switch)


def _visible(by_reading: Mapping[Reading, Plan]) -> Plans:
    # A line break or a right-to-left mark in a command shows one thing and runs another.
    parts = [part for plan in by_reading.values() for value in plan.values for part in value]
    shown = "".join([part if isinstance(part, str) else part.default for part in parts])
    return (
        Plans(reason=_HIDDEN, about="identifier")
        if HIDDEN.search(shown) or (not shown.isascii() and UNSEEN.search(shown))
        else Plans(by_reading=by_reading)
    )
